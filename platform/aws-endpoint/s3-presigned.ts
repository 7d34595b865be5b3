import { AwsError, type AwsRequest, type AwsResponse, type Caller } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';
import { readS3, type S3Request } from './s3-request.ts';
import { scopeOf } from './signature-scope.ts';
import { amzDate, sameSignature, signatureOf } from './sigv4.ts';

/** A request before verification; `verify` throws AwsError when it is invalid. */
export type UnverifiedRequest = {
  caller: Caller | undefined;
  verify(caller: Caller): { request: S3Request; toResponse?: (stored: AwsResponse) => AwsResponse };
};

/** S3's limit on the lifetime of a presigned URL: seven days. */
const maxExpiresS = 604_800;
/** The clock difference that S3 accepts for a URL that is not yet valid. */
const maxSkewMs = 15 * 60_000;

/** Whether the signature is in the query. */
export const isPresigned = (awsRequest: AwsRequest) => awsRequest.query.includes('X-Amz-Signature=');

const isAuth = (name: string) => name.toLowerCase().startsWith('x-amz-');

/**
 * Verifies a presigned URL as S3 does: signer, canonical request and time. The signature also covers type and size,
 * which are signed headers
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
 */
export function readPresigned(
  awsRequest: AwsRequest,
  credentials: CredentialRegistry,
  now: () => Date = () => new Date(),
): UnverifiedRequest {
  const params = new URLSearchParams(awsRequest.query);
  const credential = params.get('X-Amz-Credential') ?? '';
  const { caller } = scopeOf(credential, credentials);
  return {
    caller,
    verify(signer) {
      checkTime(params, now());
      checkToken(params.get('X-Amz-Security-Token'), signer);
      const request = readS3(awsRequest, isAuth);
      const expected = signatureOf(
        awsRequest,
        {
          signedHeaders: params.get('X-Amz-SignedHeaders') ?? '',
          payloadHash:
            params.get('X-Amz-Content-Sha256') ??
            request.headers['x-amz-content-sha256'] ??
            'UNSIGNED-PAYLOAD',
          date: params.get('X-Amz-Date') ?? '',
          scope: credential.slice(credential.indexOf('/') + 1),
        },
        signer.secretAccessKey,
      );
      checkSignature(expected, params.get('X-Amz-Signature'));
      return { request: hoistHeaders(request, params) };
    },
  };
}

/** @throws AwsError SignatureDoesNotMatch */
export function checkSignature(expected: string, actual: string | null | undefined): void {
  if (!sameSignature(expected, actual ?? ''))
    throw new AwsError(
      { code: 'SignatureDoesNotMatch', status: 403 },
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
}

/** @throws AwsError InvalidToken when the session token is not the signer's */
export function checkToken(token: string | null | undefined, signer: Caller): void {
  if ((token ?? '') !== signer.sessionToken)
    throw new AwsError(
      { code: 'InvalidToken', status: 400 },
      'The provided token is malformed or otherwise invalid.',
    );
}

function checkTime(params: URLSearchParams, now: Date): void {
  const seconds = Number(params.get('X-Amz-Expires'));
  const signedAt = amzDate(params.get('X-Amz-Date') ?? '');
  if (!signedAt || !Number.isInteger(seconds) || seconds < 1 || seconds > maxExpiresS)
    throw new AwsError(
      { code: 'AuthorizationQueryParametersError', status: 400 },
      `X-Amz-Date must be a date, and X-Amz-Expires between 1 and ${maxExpiresS} seconds`,
    );
  const expires = new Date(signedAt.getTime() + seconds * 1000);
  if (signedAt.getTime() - now.getTime() > maxSkewMs)
    throw new AwsError({ code: 'AccessDenied', status: 403 }, 'Request is not yet valid');
  if (expires <= now)
    throw new AwsError(
      {
        code: 'AccessDenied',
        status: 403,
        members: { 'X-Amz-Expires': seconds, Expires: expires.toISOString(), ServerTime: now.toISOString() },
      },
      'Request has expired',
    );
}

/**
 * The SDKs put some headers (metadata, checksums) into the query of a presigned URL; these count as headers. A header of
 * the same name is not signed and has no effect.
 */
function hoistHeaders(request: S3Request, params: URLSearchParams): S3Request {
  const headers = { ...request.headers };
  for (const [name, value] of params) if (name.startsWith('x-amz-')) headers[name] = value;
  return { ...request, headers };
}
