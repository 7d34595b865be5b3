import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

/** API Gateway's limit on a body, in bytes. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** How long a client may take to send a body: as long as API Gateway lets a whole request take. */
export const bodyTimeoutMs = 29_000;

/** Why a body did not reach the API. */
export type BodyProblem = 'too-large' | 'too-late' | 'not-decoded';

export type RequestBody = Buffer | BodyProblem;

/**
 * Reads a whole request body. `too-large` when it exceeds {@link maxBodyBytes}; the rest is then discarded. `too-late`
 * when it has not ended after `timeoutMs`. Rejects when the client closes the connection.
 */
export function readBody(request: IncomingMessage, timeoutMs = bodyTimeoutMs): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > maxBodyBytes) {
      request.resume();
      resolve('too-large');
      return;
    }
    const timer = setTimeout(() => {
      pieces.length = 0;
      resolve('too-late');
    }, timeoutMs);
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > maxBodyBytes) {
        pieces.length = 0;
        resolve('too-large');
      } else pieces.push(piece);
    });
    request.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(pieces));
    });
    request.once('error', reject);
    request.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the client closed the connection'));
    });
  });
}

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
]);

/**
 * Decodes a body by its `Content-Encoding` as API Gateway does before it invokes the function
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html).
 * `not-decoded` for another coding, or when the bytes are not in this one.
 */
export async function decodeBody(body: Buffer, contentEncoding = 'identity'): Promise<RequestBody> {
  const coding = contentEncoding.trim().toLowerCase();
  if (coding === 'identity' || coding === '') return body;
  const decoder = decoders.get(coding);
  if (decoder === undefined) return 'not-decoded';
  try {
    return await decoder(body, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'not-decoded';
  }
}
