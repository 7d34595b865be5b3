import type { IncomingMessage } from 'node:http';

/** API Gateway's limit on a body, in bytes. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** How long a client may take to send a body: as long as API Gateway lets a whole request take. */
export const bodyTimeoutMs = 29_000;

export type RequestBody = Buffer | 'too-large' | 'too-late';

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
