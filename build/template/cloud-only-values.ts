import { createHash } from 'node:crypto';

/** A resource that exists on AWS only, as far as the values that stand for it need it. */
export type CloudOnlyResource = {
  type: string;
  stackName: string;
  logicalId: string;
  region: string;
  accountId: string;
};

/** Ends every address of what is not there: it resolves nowhere (RFC 6761, "invalid."). */
export const cloudOnlyDomain = '.cloud-only.invalid';

/** Services whose ARNs set a resource's name off by a colon, which templates split them at. */
const colonServices = new Set(['Backup', 'CloudWatch', 'ElastiCache', 'Logs', 'RDS', 'SecretsManager']);

/**
 * What stands locally for a value that AWS alone makes (`ref`, or an attribute), so that exports and whatever names
 * it stay whole: an ARN or id of the right form that nothing answers to, port 1, and for an address a name that never
 * resolves. The same at every start.
 */
export function cloudOnlyValue(attribute: string, resource: CloudOnlyResource): string {
  const { type, stackName, logicalId, region, accountId } = resource;
  const name = `${stackName}-${logicalId}`;
  const [, service = '', kind = ''] = type.split('::');
  const last = attribute.split('.').at(-1) ?? '';
  if (/Arn$/i.test(last)) {
    const separator = colonServices.has(service) ? ':' : '/';
    return `arn:aws:${service.toLowerCase()}:${region}:${accountId}:${kind.toLowerCase()}${separator}${name}`;
  }
  if (/Port$/.test(last)) return '1';
  if (/(Endpoint|EndPoint|Address|Host|Domain|DomainName|Url|WebsiteURL)$/.test(last))
    return `${name.toLowerCase()}${cloudOnlyDomain}`;
  return `${kind.toLowerCase()}-${createHash('sha256').update(`${name}/${attribute}`).digest('hex').slice(0, 17)}`;
}
