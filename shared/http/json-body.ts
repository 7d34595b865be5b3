import type { APIGatewayProxyEvent } from 'aws-lambda';
import { UnsupportedMediaType } from '../errors.ts';
import { invalidField } from './problem.ts';

const byteOrderMark = '\uFEFF';

/** The body of a request as text; empty if there is none. @throws InvalidRequest when its bytes are not UTF-8 */
export function bodyText({
  body,
  isBase64Encoded,
}: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>): string {
  if (body === null || body === undefined) return '';
  if (!isBase64Encoded) return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(body, 'base64'));
  } catch (cause) {
    throw invalidField('body', 'is not valid UTF-8', cause);
  }
}

/**
 * Parses a JSON body, with or without a byte order mark (RFC 8259, 8.1 lets a parser ignore it).
 * @throws InvalidRequest when it is missing or not JSON, UnsupportedMediaType for another type or character set
 */
export function jsonBody(text: string, contentType: string | undefined): unknown {
  if (text === '') throw invalidField('body', 'is required');
  if (contentType !== undefined) checkType(contentType);
  try {
    return JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  } catch (cause) {
    throw invalidField('body', 'is not valid JSON', cause);
  }
}

function checkType(contentType: string): void {
  const [mediaType = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (mediaType !== 'application/json' && !mediaType.endsWith('+json'))
    throw new UnsupportedMediaType(`Content-Type is ${mediaType}; send application/json.`);
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset))
    throw new UnsupportedMediaType(`The character set is ${charset}; send UTF-8 (RFC 8259, 8.1).`);
}
