import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** Every byte value once: what text decoding would damage. */
const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

/** GET returns 256 bytes; POST returns whether the body arrived as base64, its length and its hash. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (event.httpMethod === 'GET') {
    return {
      statusCode: 200,
      headers: { 'Content-Type': 'image/png' },
      body: bytes.toString('base64'),
      isBase64Encoded: true,
    };
  }
  const received = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return {
    statusCode: 200,
    body: JSON.stringify({
      base64: event.isBase64Encoded,
      length: received.length,
      sha256: createHash('sha256').update(received).digest('hex'),
    }),
  };
}
