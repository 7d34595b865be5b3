import { hash } from 'node:crypto';
import { AwsError, type AwsRequest, type Caller } from './call.ts';
import { amzDate, sameSignature, signatureOf, unsignedHeader } from './sigv4.ts';

/** The clock difference that AWS accepts between client and service. */
export const maxSkewMs = 15 * 60_000;

const authorization =
  /^AWS4-HMAC-SHA256 +Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/**
 * Verifies the signature in the headers of a request as AWS does: what must be signed is signed, the date, the
 * signature and the session token. A page that has seen a presigned URL knows the access key and the session token of
 * its signer, but not the key that signs
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * @throws AwsError invalid-signature or unknown-caller; for S3 also AccessDenied or RequestTimeTooSkewed
 */
export function checkHeaderSignature(awsRequest: AwsRequest, caller: Caller, now = Date.now()): void {
  const { headers, body } = awsRequest;
  const [, credential = '', signedHeaders = '', signature = ''] =
    authorization.exec(headers.authorization ?? '') ?? [];
  const scope = credential.slice(credential.indexOf('/') + 1);
  const isS3 = scope.endsWith('/s3/aws4_request');
  const date = String(headers['x-amz-date'] ?? '');
  const stated = headers['x-amz-content-sha256'];
  const expected = signatureOf(
    awsRequest,
    {
      scope,
      date,
      signedHeaders,
      payloadHash: isS3 && isConstant(stated) ? stated : hash('sha256', body),
    },
    caller.secretAccessKey,
  );
  if (!sameSignature(expected, signature))
    throw new AwsError(
      'invalid-signature',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  const unsigned = unsignedHeader(headers, signedHeaders);
  if (unsigned !== undefined) throw unsignedError(unsigned, isS3);
  checkDate(date, scope, isS3, now);
  if (headers['x-amz-security-token'] !== caller.sessionToken)
    throw new AwsError(
      isS3 ? { code: 'InvalidToken', status: 400 } : 'unknown-caller',
      'The security token included in the request is invalid.',
    );
}

/** In S3, a constant in place of a hash leaves the body out of the signature. */
const isConstant = (stated: unknown): stated is string =>
  stated === 'UNSIGNED-PAYLOAD' || (typeof stated === 'string' && stated.startsWith('STREAMING-'));

/** The error for a header that must be signed and is not. */
export const unsignedError = (header: string, isS3: boolean): AwsError =>
  isS3
    ? new AwsError(
        { code: 'AccessDenied', status: 403, members: { HeadersNotSigned: header } },
        'There were headers present in the request which were not signed',
      )
    : new AwsError('invalid-signature', `'${header}' must be a 'SignedHeader' in the AWS Authorization.`);

/** The day of the scope must be that of the date: the signing key is valid for one day. */
function checkDate(date: string, scope: string, isS3: boolean, now: number): void {
  const signedAt = amzDate(date)?.getTime() ?? Number.NaN;
  if (Math.abs(now - signedAt) <= maxSkewMs && scope.startsWith(`${date.slice(0, 8)}/`)) return;
  throw isS3
    ? new AwsError(
        { code: 'RequestTimeTooSkewed', status: 403, members: { RequestTime: date } },
        'The difference between the request time and the current time is too large.',
      )
    : new AwsError(
        'invalid-signature',
        `Signature expired or not yet current: ${date} is not within 15 minutes of ${new Date(now).toISOString()}`,
      );
}
