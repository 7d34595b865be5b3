import { createHash } from 'node:crypto';

/** The parts of an AWS-only resource that its placeholder values depend on. */
export type CloudOnlyResource = {
  type: string;
  stackName: string;
  logicalId: string;
  region: string;
  accountId: string;
};

/** Suffix of every placeholder address: the domain never resolves (RFC 6761, "invalid."). */
export const cloudOnlyDomain = '.cloud-only.invalid';

/** Services whose ARNs separate the resource name with a colon; templates split them there. */
const colonServices = new Set(['Backup', 'CloudWatch', 'ElastiCache', 'Logs', 'RDS', 'SecretsManager']);

/**
 * The local placeholder for a value that only AWS generates (`ref`, or an attribute), so that exports and references
 * still resolve: a well-formed ARN or id of no resource, port 1, or a host name that never resolves. The same at
 * every start.
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
