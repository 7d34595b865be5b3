import { AwsError } from './call.ts';

type Condition = Record<string, string> | [string, string | number, string | number];
type Policy = { expiration?: string; conditions?: Condition[] };

/** Fields that need no condition. */
const uncheckedFields = new Set(['x-amz-signature', 'policy', 'file', 'bucket']);

const policyError = (reason: string) =>
  new AwsError({ code: 'AccessDenied', status: 403 }, `Invalid according to Policy: ${reason}`);

/**
 * Checks a form against its signed policy: expiry, conditions, fields without a condition, and the file size in
 * bytes.
 * @throws AwsError AccessDenied, EntityTooLarge, EntityTooSmall or InvalidPolicyDocument
 */
export function checkPolicy(
  encoded: string,
  fields: Record<string, string>,
  fileBytes: number,
  now: Date,
): void {
  const policy = decode(encoded);
  if (!(new Date(policy.expiration ?? '') > now)) throw policyError('Policy expired.');
  const covered = new Set<string>();
  for (const condition of policy.conditions ?? []) {
    const [operator, name, value] = Array.isArray(condition) ? condition : asEquality(condition);
    if (operator === 'content-length-range') {
      checkSize(fileBytes, Number(name), Number(value));
      continue;
    }
    const field = String(name).replace(/^\$/, '').toLowerCase();
    covered.add(field);
    const actual = fields[field] ?? '';
    const satisfied =
      operator === 'starts-with'
        ? actual.startsWith(String(value))
        : operator === 'eq' && actual === String(value);
    if (!satisfied)
      throw policyError(`Policy Condition failed: ${JSON.stringify([operator, `$${field}`, value])}`);
  }
  const unexpected = Object.keys(fields).find(
    (field) => !covered.has(field) && !uncheckedFields.has(field) && !field.startsWith('x-ignore-'),
  );
  if (unexpected) throw policyError(`Extra input fields: ${unexpected}`);
}

function decode(encoded: string): Policy {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString()) as Policy;
  } catch {
    throw new AwsError({ code: 'InvalidPolicyDocument', status: 400 }, 'Invalid Policy: Invalid JSON.');
  }
}

function asEquality(condition: Record<string, string>): [string, string, string] {
  const [name = '', value = ''] = Object.entries(condition)[0] ?? [];
  return ['eq', `$${name}`, value];
}

function checkSize(bytes: number, least: number, most: number): void {
  const members = { ProposedSize: bytes };
  if (bytes > most)
    throw new AwsError(
      { code: 'EntityTooLarge', status: 400, members: { ...members, MaxSizeAllowed: most } },
      'Your proposed upload exceeds the maximum allowed size',
    );
  if (bytes < least)
    throw new AwsError(
      { code: 'EntityTooSmall', status: 400, members: { ...members, MinSizeAllowed: least } },
      'Your proposed upload is smaller than the minimum allowed size',
    );
}
