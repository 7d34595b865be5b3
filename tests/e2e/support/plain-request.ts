import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { ShopResponse } from '../../../client/shop-client.ts';

/**
 * Sends headers unchanged: `fetch` stores them in an object, where a name such as `__proto__` is lost.
 * @throws Error if the connection ends without a response
 */
export function sendPlain<Body>(
  url: string,
  method: string,
  headers: readonly (readonly [string, string])[],
): Promise<ShopResponse<Body>> {
  const request = url.startsWith('https:') ? overHttps : overHttp;
  const { host } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: [['host', host], ...headers].flat() }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const type = response.headers['content-type'] ?? '';
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers({ 'content-type': type }),
          body: (type.includes('json') && text !== '' ? JSON.parse(text) : {}) as Body,
          text,
        });
      });
    });
    sent.on('error', reject).end();
  });
}
