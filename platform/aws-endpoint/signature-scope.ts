import type { AwsRequest, Caller } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';

/** The caller and the service of a signature. `caller` is absent for an unknown access key. */
type Scope = { caller?: Caller; service: string };

/** Signing names that differ from the service's own. */
const signingNames: Record<string, string> = { 's3-outposts': 's3', email: 'ses' };

/** The caller that a request names, not verified yet, and the service that it is for. */
export function callerOf(awsRequest: AwsRequest, credentials: CredentialRegistry): Scope {
  const [, credential = ''] = /Credential=([^,]+)/.exec(awsRequest.headers.authorization ?? '') ?? [];
  return scopeOf(credential, credentials);
}

/**
 * The scope of a credential in a header, a query or a form: `<access key>/<date>/<region>/<service>/aws4_request`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export function scopeOf(credential: string, credentials: CredentialRegistry): Scope {
  const [accessKeyId = '', , , service = ''] = credential.split('/');
  const caller = credentials.find(accessKeyId);
  return { ...(caller ? { caller } : {}), service: signingNames[service] ?? service };
}
