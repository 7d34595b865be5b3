import { hash } from 'node:crypto';
import { AwsError, type AwsRequest, type AwsResponse, type Caller } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';
import { maxSkewMs, unsignedError } from './header-signature.ts';
import { readS3, type S3Request } from './s3-request.ts';
import { scopeOf } from './signature-scope.ts';
import { amzDate, sameSignature, signatureOf, unsignedHeader } from './sigv4.ts';

/** A request before verification; `verify` throws AwsError when it is invalid. */
export type UnverifiedRequest = {
  caller: Caller | undefined;
  verify(caller: Caller): { request: S3Request; toResponse?: (stored: AwsResponse) => AwsResponse };
};

const unsignedPayload = 'UNSIGNED-PAYLOAD';
/** S3's limit on the lifetime of a presigned URL: seven days. */
const maxExpiresS = 604_800;

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
      const scope = credential.slice(credential.indexOf('/') + 1);
      const signedHeaders = params.get('X-Amz-SignedHeaders') ?? '';
      checkTime(params, scope, now());
      checkToken(params.get('X-Amz-Security-Token'), signer);
      const request = readS3(awsRequest, isAuth);
      const payloadHash =
        params.get('X-Amz-Content-Sha256') ?? request.headers['x-amz-content-sha256'] ?? unsignedPayload;
      const expected = signatureOf(
        awsRequest,
        {
          signedHeaders,
          payloadHash,
          date: params.get('X-Amz-Date') ?? '',
          scope,
        },
        signer.secretAccessKey,
      );
      checkSignature(expected, params.get('X-Amz-Signature'));
      const unsigned = unsignedHeader(awsRequest.headers, signedHeaders);
      if (unsigned !== undefined) throw unsignedError(unsigned, true);
      checkPayload(payloadHash, awsRequest.body);
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

/** @throws AwsError XAmzContentSHA256Mismatch when the URL is signed for another body */
function checkPayload(payloadHash: string, body: Buffer): void {
  if (payloadHash !== unsignedPayload && payloadHash !== hash('sha256', body))
    throw new AwsError(
      { code: 'XAmzContentSHA256Mismatch', status: 400 },
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
}

function checkTime(params: URLSearchParams, scope: string, now: Date): void {
  const seconds = Number(params.get('X-Amz-Expires'));
  const date = params.get('X-Amz-Date') ?? '';
  const signedAt = amzDate(date);
  if (
    !signedAt ||
    !scope.startsWith(`${date.slice(0, 8)}/`) ||
    !Number.isInteger(seconds) ||
    seconds < 1 ||
    seconds > maxExpiresS
  )
    throw new AwsError(
      { code: 'AuthorizationQueryParametersError', status: 400 },
      `X-Amz-Date must be a date of the credential's day, and X-Amz-Expires between 1 and ${maxExpiresS} seconds`,
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
 * The SDKs put some headers (metadata, checksums) into the query of a presigned URL; these count as headers, instead of
 * a signed header of the same name.
 */
function hoistHeaders(request: S3Request, params: URLSearchParams): S3Request {
  const headers = { ...request.headers };
  for (const [name, value] of params) if (name.startsWith('x-amz-')) headers[name] = value;
  return { ...request, headers };
}
