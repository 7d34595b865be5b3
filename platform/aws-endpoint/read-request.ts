import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsRequest } from './call.ts';
import { maxBodyBytes } from './s3-integrity.ts';

const tooLargeBody =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>EntityTooLarge</Code><Message>Your proposed upload exceeds the maximum allowed size</Message></Error>';
const emptyBody = Buffer.alloc(0);

/**
 * Reads a complete request. Only S3 accepts bodies that are large enough to be refused here.
 */
export function readRequest(
  request: IncomingMessage,
  response: ServerResponse,
  then: (awsRequest: AwsRequest) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
    else if (!refused) {
      refused = true;
      response.writeHead(400, { 'content-type': 'application/xml', connection: 'close' });
      response.end(tooLargeBody);
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
        chunks.length === 0
          ? emptyBody
          : chunks.length === 1
            ? (chunks[0] ?? emptyBody)
            : Buffer.concat(chunks),
      abortSignal() {
        const controller = new AbortController();
        response.once('close', () => {
          if (!response.writableFinished) controller.abort();
        });
        return controller.signal;
      },
    });
  });
}
