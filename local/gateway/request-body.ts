import type { IncomingMessage } from 'node:http';

/** The largest body that API Gateway takes, in bytes. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Reads a whole request body; undefined when it is longer than `limit`, and then what is left of it is discarded
 * unread. Rejects when the client goes away.
 */
export function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > limit) {
      request.resume();
      resolve(undefined);
      return;
    }
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > limit) {
        pieces.length = 0;
        resolve(undefined);
      } else pieces.push(piece);
    });
    request.once('end', () => resolve(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the client went away')));
  });
}
