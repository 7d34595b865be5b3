import { randomUUID } from 'node:crypto';
import type { AwsError, AwsErrorKind, AwsResponse } from './call.ts';

/** Error code and HTTP status of each common error in one service. */
export type ErrorCodes = Record<AwsErrorKind, { code: string; status: number }>;

const of = (error: AwsError, codes: ErrorCodes) => (error.kind ? codes[error.kind] : error);

/**
 * Error of the JSON protocols (DynamoDB, SQS, Secrets Manager): the type is in the body
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization).
 */
export function jsonError(error: AwsError, codes: ErrorCodes, contentType: string): AwsResponse {
  const { code, status } = of(error, codes);
  const body = JSON.stringify({
    __type: code,
    message: error.message,
    Message: error.message,
    ...error.members,
  });
  return {
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
    body,
  };
}

/** Error of the REST JSON protocol (Lambda, SES v2): the type is in a header. */
export function restJsonError(error: AwsError, codes: ErrorCodes): AwsResponse {
  const { code, status } = of(error, codes);
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': code,
      'x-amzn-requestid': randomUUID(),
    },
    body: JSON.stringify({ message: error.message, Message: error.message, ...error.members }),
  };
}

/** Error of the query protocol (SNS, STS): XML with the side at fault. */
export function queryError(error: AwsError, codes: ErrorCodes, namespace: string): AwsResponse {
  const { code, status } = of(error, codes);
  const side = status >= 500 ? 'Receiver' : 'Sender';
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse xmlns="${namespace}"><Error><Type>${side}</Type><Code>${code}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  };
}

/** Error of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
export function s3Error(error: AwsError, codes: ErrorCodes): AwsResponse {
  const { code, status } = of(error, codes);
  const members = Object.entries(error.members).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(error.message)}</Message>${members.join('')}<RequestId>${requestId}</RequestId></Error>`,
  };
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Escapes text for an XML element. */
export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
