import { fieldName, invalidField } from './problem.ts';

/**
 * Characters that a store or a queue rejects: NUL and half a surrogate pair (PostgreSQL's `text` and `jsonb`), U+FFFE
 * and U+FFFF (SQS messages). Accepted here, they would fail after the effect has begun, on every attempt. U+FFFD is what
 * API Gateway puts in place of bytes that are not UTF-8: the text that was sent is lost.
 */
const unstorable = /[\0\uFFFD-\uFFFF]/;

/**
 * Returns a part of a request if every text in it can be stored and sent on. The part's schema bounds the depth.
 * @throws InvalidRequest naming the first text that cannot
 */
export function storable<T>(value: T, part: string): T {
  const path = pathToUnstorable(value);
  if (path === undefined) return value;
  const field = fieldName(path) || part;
  const message =
    'has a character that is not text (NUL, U+FFFD to U+FFFF, half a surrogate pair, or bytes that are not UTF-8)';
  throw invalidField(field, message);
}

function pathToUnstorable(value: unknown): PropertyKey[] | undefined {
  if (typeof value === 'string') return unstorable.test(value) || !value.isWellFormed() ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const members: (readonly [PropertyKey, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  for (const [name, member] of members) {
    if (pathToUnstorable(name) !== undefined) return [];
    const path = pathToUnstorable(member);
    if (path !== undefined) return [name, ...path];
  }
  return undefined;
}
