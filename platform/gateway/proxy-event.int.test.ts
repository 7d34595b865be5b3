import { gatewayUnderTest } from './fixtures/gateway-under-test.ts';

const { call } = await gatewayUnderTest();

describe('an event', () => {
  test('contains the whole request', async () => {
    const headers = ['X-Tag', 'red', 'x-tag', 'blue', 'User-Agent', 'test'];
    const {
      status,
      json,
      headers: responseHeaders,
    } = await call('PUT', '/api/v1/echo/a%20b?tag=1&tag=2+3&none=', headers, 'grüße');
    expect(status).toBe(200);
    expect(responseHeaders['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(responseHeaders['content-type']).toBe('application/json');
    const event = json();
    expect(event).toMatchObject({
      resource: '/api/v1/echo/{id}',
      path: '/api/v1/echo/a%20b',
      httpMethod: 'PUT',
      pathParameters: { id: 'a b' },
      queryStringParameters: { tag: '2 3', none: '' },
      multiValueQueryStringParameters: { tag: ['1', '2 3'], none: [''] },
      stageVariables: null,
      body: 'grüße',
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        apiId: 'shopapi',
        stage: 'local',
        httpMethod: 'PUT',
        resourcePath: '/api/v1/echo/{id}',
        protocol: 'HTTP/1.1',
        domainName: 'localhost',
        domainPrefix: 'localhost',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
      },
    });
    expect(event.multiValueHeaders['X-Tag']).toEqual(['red', 'blue']);
    expect(event.headers['X-Tag']).toBe('blue');
    expect(event.headers['X-Forwarded-For']).toBe('127.0.0.1');
    expect(responseHeaders['x-amzn-requestid']).toBe(event.requestContext.requestId);
    expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  test('contains names of Object.prototype like any other', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    const query = names.map((name) => `${name}=1&${name}=2`).join('&');
    const headers = names.flatMap((name) => [name, '3']);
    const { status, bytes } = await call('GET', `/api/v1/echo/fixed?${query}`, headers);
    expect(status).toBe(200);
    const text = bytes.toString();
    for (const name of names) {
      expect(text).toContain(`"${name}":["1","2"]`);
      expect(text).toContain(`"${name}":"3"`);
    }
  });

  test('has null for missing values', async () => {
    const event = (await call('GET', '/api/v1/echo/fixed')).json();
    expect(event).toMatchObject({
      body: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
    });
  });

  test('contains declared binary bodies as base64, in both directions', async () => {
    const bytes = Buffer.from([1, 2, 255, 0, 254]);
    const headers = ['Content-Type', 'image/png', 'Accept', 'image/png'];
    expect((await call('POST', '/api/v1/picture', headers, bytes)).bytes).toEqual(bytes);
    const asText = await call('POST', '/api/v1/picture', ['Accept', '*/*'], 'x');
    expect(asText.bytes.toString()).toBe('AP+A');
  });

  test('with a body over 10 MB or over 6 MB in total is refused', async () => {
    const large = await call(
      'POST',
      '/api/v1/picture',
      ['Content-Type', 'image/png'],
      Buffer.alloc(10 * 1024 * 1024 + 1),
    );
    expect([large.status, large.json()]).toEqual([413, { code: 'REFUSED', detail: 'Request Too Long' }]);
    const event = await call(
      'POST',
      '/api/v1/picture',
      ['Content-Type', 'image/png'],
      Buffer.alloc(5 * 1024 * 1024),
    );
    expect(event.status).toBe(413);
  });
});
