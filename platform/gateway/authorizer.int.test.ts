import { gatewayUnderTest } from './fixtures/gateway-under-test.ts';

const { gateway, call } = await gatewayUnderTest();
const withToken = (token: string) => ['Authorization', token];

describe('an authorizer', () => {
  test('is not invoked without its identity source', async () => {
    const response = await call('GET', '/api/v1/private');
    expect([response.status, response.json()]).toEqual([401, { code: 'REFUSED', detail: 'Unauthorized' }]);
  });

  test('passes its context as strings and is invoked once per token', async () => {
    const first =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(first).toEqual({
      principalId: 'user-1',
      userId: 'user-1',
      roles: 'customer',
      admin: 'false',
      asked: expect.stringMatching(/^\d+$/),
    });
    const second =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(second.asked).toBe(first.asked);
    const other =
      (await call('GET', '/api/v1/private', withToken('other'))).json().requestContext.authorizer ?? {};
    expect(other.asked).not.toBe(first.asked);
    gateway.clearAuthorizerCaches();
    const again =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(again.asked).not.toBe(first.asked);
  });

  test('decides per method: an explicit deny wins, no statement denies', async () => {
    expect((await call('GET', '/api/v1/private', withToken('good'))).status).toBe(200);
    const denied = await call('GET', '/api/v1/private/admin', withToken('good'));
    expect([denied.status, denied.json().detail]).toEqual([
      403,
      'User is not authorized to access this resource with an explicit deny',
    ]);
    const silent = await call('GET', '/api/v1/private', withToken('nobody'));
    expect([silent.status, silent.json().detail]).toEqual([
      403,
      'User is not authorized to access this resource',
    ]);
  });

  test('that throws Unauthorized is 401, and one that fails or returns an invalid policy is 500', async () => {
    expect((await call('GET', '/api/v1/private', withToken('expired'))).status).toBe(401);
    expect((await call('GET', '/api/v1/private', withToken('crash'))).status).toBe(500);
    expect((await call('GET', '/api/v1/private', withToken('nonsense'))).status).toBe(500);
  });

  test('is not invoked for a preflight', async () => {
    const response = await call('OPTIONS', '/api/v1/private', ['Origin', 'https://shop.example']);
    expect(response.status).toBe(204);
    expect(response.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(response.headers['access-control-allow-methods']).toBe('GET,OPTIONS');
  });
});
