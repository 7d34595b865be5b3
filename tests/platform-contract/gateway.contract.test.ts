import { createHash, randomBytes } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { awsBehaviour } from './differences.ts';
import { call, type HttpResponse } from './platform.ts';

const echoed = (response: HttpResponse) => response.json() as APIGatewayProxyEvent;
const header = (event: APIGatewayProxyEvent, name: string) =>
  Object.entries(event.multiValueHeaders).find(([key]) => key.toLowerCase() === name)?.[1];

describe('an API event', () => {
  awsBehaviour('contains route, method, path and its decoded parameters', async () => {
    const event = echoed(await call('GET', '/contract/open/a%20b/parts/7'));
    expect(event.resource).toBe('/contract/open/{id}/parts/{part}');
    expect(event.httpMethod).toBe('GET');
    expect(event.pathParameters).toEqual({ id: 'a b', part: '7' });
    expect(event.requestContext.resourcePath).toBe('/contract/open/{id}/parts/{part}');
  });

  awsBehaviour('has null for missing values', async () => {
    const event = echoed(await call('GET', '/contract/open'));
    expect(event.queryStringParameters).toBeNull();
    expect(event.multiValueQueryStringParameters).toBeNull();
    expect(event.pathParameters).toBeNull();
    expect(event.body).toBeNull();
    expect(event.isBase64Encoded).toBe(false);
  });

  awsBehaviour('keeps every value of a repeated query parameter', async () => {
    const event = echoed(await call('GET', '/contract/open?tag=red&tag=dark%20blue&page=2&empty='));
    expect(event.multiValueQueryStringParameters).toEqual({
      tag: ['red', 'dark blue'],
      page: ['2'],
      empty: [''],
    });
  });

  awsBehaviour('has the last value of a repeated query parameter as the single one', async () => {
    const event = echoed(await call('GET', '/contract/open?tag=red&tag=dark%20blue&page=2&empty='));
    expect(event.queryStringParameters).toEqual({ tag: 'dark blue', page: '2', empty: '' });
  });

  awsBehaviour('keeps every value of a repeated header', async () => {
    const event = echoed(
      await call('GET', '/contract/open', {
        headers: [
          ['X-Tag', 'red'],
          ['X-Tag', 'blue'],
        ],
      }),
    );
    expect(header(event, 'x-tag')).toEqual(['red', 'blue']);
  });

  awsBehaviour('contains a text body unchanged', async () => {
    const body = JSON.stringify({ text: 'Grüße – 你好' });
    const response = await call('POST', '/contract/open', {
      headers: [['Content-Type', 'application/json']],
      body,
    });
    expect(response.status).toBe(201);
    expect(echoed(response).body).toBe(body);
    expect(echoed(response).isBase64Encoded).toBe(false);
  });

  awsBehaviour('identifies the caller, the time and the request', async () => {
    const { requestContext } = echoed(await call('GET', '/contract/open'));
    expect(requestContext.identity.sourceIp).toMatch(/^[\d.:a-f]+$/);
    expect(requestContext.identity.userAgent).toBe('contract-suite');
    expect(requestContext.requestId).toMatch(/^[\w-]{8,}$/);
    expect(requestContext.requestTimeEpoch).toBeGreaterThan(1_600_000_000_000);
    expect(requestContext.stage).toEqual(expect.any(String));
    expect(requestContext.apiId).toEqual(expect.any(String));
    expect(requestContext.httpMethod).toBe('GET');
  });
});

describe('an API response', () => {
  awsBehaviour('has status, headers and every cookie', async () => {
    const response = await call('GET', '/contract/open');
    expect(response.status).toBe(200);
    expect(response.headers['x-echo']).toEqual(['single']);
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  awsBehaviour('has unchanged bytes when its type is declared as binary', async () => {
    const response = await call('GET', '/contract/picture', { headers: [['Accept', 'image/png']] });
    expect(response.headers['content-type']).toEqual(['image/png']);
    expect([...response.body]).toEqual(Array.from({ length: 256 }, (_, value) => value));
  });

  awsBehaviour('of a function that threw is 502 without its message', async () => {
    const response = await call('GET', '/contract/misbehave/throw');
    expect(response.status).toBe(502);
    expect(response.body.toString()).not.toContain('secret detail');
  });

  awsBehaviour('of a function that overran its timeout is 502', async () => {
    expect((await call('GET', '/contract/misbehave/overrun')).status).toBe(502);
  });

  awsBehaviour('is 502 when the function returns no proxy response', async () => {
    expect((await call('GET', '/contract/misbehave/malformed')).status).toBe(502);
  });

  awsBehaviour('of the gateway itself is the template’s for its type', async () => {
    const unknown = await call('GET', '/contract/no-such-route');
    expect(unknown.status).toBe(404);
    expect(unknown.headers['content-type']?.[0]).toMatch(/^application\/problem\+json/);
    expect(unknown.headers['access-control-allow-origin']).toEqual(['*']);
    expect(unknown.json()).toMatchObject({
      code: 'ROUTE_NOT_FOUND',
      requestId: expect.stringMatching(/^[\w-]{8,}$/),
    });
  });

  awsBehaviour('of the gateway for a failed function is the template’s', async () => {
    const failed = await call('GET', '/contract/misbehave/throw');
    expect(failed.headers['content-type']?.[0]).toMatch(/^application\/problem\+json/);
    expect(failed.json()).toEqual({ code: 'INTERNAL', message: 'Internal server error' });
  });

  awsBehaviour('to a body over the size limit of events is 413', async () => {
    const headers: [string, string][] = [['Content-Type', 'application/json']];
    const body = JSON.stringify({ text: 'x'.repeat(6 * 1024 * 1024) });
    expect((await call('POST', '/contract/open', { headers, body })).status).toBe(413);
  });

  awsBehaviour('to a preflight contains what the template allows', async () => {
    const response = await call('OPTIONS', '/contract/cors', {
      headers: [
        ['Origin', 'https://shop.example'],
        ['Access-Control-Request-Method', 'POST'],
      ],
    });
    expect([200, 204]).toContain(response.status);
    expect(response.headers['access-control-allow-origin']).toEqual(['https://shop.example']);
    expect(response.headers['access-control-allow-headers']).toEqual(['Authorization,Idempotency-Key']);
    expect(response.headers['access-control-allow-methods']?.[0]).toContain('POST');
    expect(response.headers['access-control-max-age']).toEqual(['600']);
  });
});

describe('a binary body', () => {
  awsBehaviour('reaches the function as base64 when its type is declared as binary', async () => {
    const body = randomBytes(3000);
    const response = await call('POST', '/contract/picture', {
      headers: [['Content-Type', 'image/png']],
      body,
    });
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(response.json()).toEqual({ base64: true, length: 3000, sha256 });
  });
});
