import type { AwsRequest, Caller } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';

/** The caller and the service of a signature. `caller` is absent for an unknown access key. */
type Scope = { caller?: Caller; service: string };

/** Signing names that differ from the service's own. */
const signingNames: Record<string, string> = { 's3-outposts': 's3', email: 'ses' };
const cachedScopes = new WeakMap<CredentialRegistry, Map<string, Scope>>();

/**
 * Parses `AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, …`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). A caller's
 * credential for a service changes once a day, so results are cached.
 */
export function callerOf(awsRequest: AwsRequest, credentials: CredentialRegistry): Scope {
  const header = awsRequest.headers.authorization ?? '';
  const start = header.indexOf('Credential=') + 'Credential='.length;
  const credential = header.slice(start, header.indexOf(',', start));
  const known = cachedScopes.get(credentials)?.get(credential);
  if (known) return known;
  const scope = scopeOf(credential, credentials);
  const all = cachedScopes.get(credentials) ?? new Map<string, Scope>();
  if (all.size > 10_000) all.clear();
  if (scope.caller) cachedScopes.set(credentials, all.set(credential, scope));
  return scope;
}

/** The scope of a credential in a header, a query or a form. */
export function scopeOf(credential: string, credentials: CredentialRegistry): Scope {
  const [accessKeyId = '', , , service = ''] = credential.split('/');
  const caller = credentials.find(accessKeyId);
  return { ...(caller ? { caller } : {}), service: signingNames[service] ?? service };
}
