import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Incoming } from './call.ts';
import { MAX_BODY_BYTES } from './s3-integrity.ts';

const TOO_LARGE =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>EntityTooLarge</Code><Message>Your proposed upload exceeds the maximum allowed size</Message></Error>';
const NOTHING = Buffer.alloc(0);

/**
 * Reads a request to its end and hands it on. Only S3 takes bodies large enough to be refused here.
 */
export function readIncoming(
  request: IncomingMessage,
  response: ServerResponse,
  then: (incoming: Incoming) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (!refused) {
      refused = true;
      response.writeHead(400, { 'content-type': 'application/xml', connection: 'close' });
      response.end(TOO_LARGE);
    }
  });
  request.on('end', () => {
    if (refused) return;
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    then({
      method: request.method ?? 'GET',
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: request.headers,
      body:
        chunks.length === 0 ? NOTHING : chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks),
      gone() {
        const leaving = new AbortController();
        response.once('close', () => {
          if (!response.writableFinished) leaving.abort();
        });
        return leaving.signal;
      },
    });
  });
}
