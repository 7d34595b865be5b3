import { hash } from 'node:crypto';
import { AwsError, type AwsRequest, type Caller } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';
import { sameSignature, signatureOf } from './sigv4.ts';

/** The caller and the service of a signature. `caller` is absent for an unknown access key. */
type Scope = { caller?: Caller; service: string };

/** Signing names that differ from the service's own. */
const signingNames: Record<string, string> = { 's3-outposts': 's3', email: 'ses' };

const authorization =
  /^AWS4-HMAC-SHA256 +Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** The caller that a request names, not verified yet, and the service that it is for. */
export function callerOf(awsRequest: AwsRequest, credentials: CredentialRegistry): Scope {
  const [, credential = ''] = /Credential=([^,]+)/.exec(awsRequest.headers.authorization ?? '') ?? [];
  return scopeOf(credential, credentials);
}

/**
 * Verifies the signature in the headers of a request: a page that has seen a presigned URL knows the access key and the
 * session token of its signer, but not the key that signs.
 * @throws AwsError invalid-signature
 */
export function checkHeaderSignature(awsRequest: AwsRequest, caller: Caller): void {
  const { headers, body } = awsRequest;
  const [, credential = '', signedHeaders = '', signature = ''] =
    authorization.exec(headers.authorization ?? '') ?? [];
  const stated = headers['x-amz-content-sha256'];
  const expected = signatureOf(
    awsRequest,
    {
      scope: credential.slice(credential.indexOf('/') + 1),
      date: String(headers['x-amz-date'] ?? ''),
      signedHeaders,
      // A constant (UNSIGNED-PAYLOAD, STREAMING-…) in place of a hash leaves the body out of the signature.
      payloadHash: typeof stated === 'string' && /^[A-Z]/.test(stated) ? stated : hash('sha256', body),
    },
    caller.secretAccessKey,
  );
  if (!sameSignature(expected, signature))
    throw new AwsError(
      'invalid-signature',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
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
