import type { IncomingMessage } from 'node:http';

/** The largest body that API Gateway takes, in bytes. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** How long a client may take to send a body: as long as API Gateway lets the whole of a request take. */
export const bodyTimeoutMs = 29_000;

/**
 * Reads a whole request body. `too-large` when it is longer than {@link maxBodyBytes}, and then what is left of it is
 * discarded unread; `too-late` when it has not ended after `limitMs`. Rejects when the client goes away.
 */
export function readBody(
  request: IncomingMessage,
  limitMs = bodyTimeoutMs,
): Promise<Buffer | 'too-large' | 'too-late'> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBodyBytes) {
      request.resume();
      resolve('too-large');
      return;
    }
    const late = setTimeout(() => {
      pieces.length = 0;
      resolve('too-late');
    }, limitMs);
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
      clearTimeout(late);
      resolve(pieces[0] !== undefined && pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
    });
    request.once('error', reject);
    request.once('close', () => {
      clearTimeout(late);
      reject(new Error('the client went away'));
    });
  });
}
