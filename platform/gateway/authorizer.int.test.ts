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
      invocations: expect.stringMatching(/^\d+$/),
    });
    const second =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(second.invocations).toBe(first.invocations);
    const other =
      (await call('GET', '/api/v1/private', withToken('other'))).json().requestContext.authorizer ?? {};
    expect(other.invocations).not.toBe(first.invocations);
    gateway.clearAuthorizerCaches();
    const again =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(again.invocations).not.toBe(first.invocations);
  });

  test('decides per method: an explicit deny wins, no statement denies', async () => {
    expect((await call('GET', '/api/v1/private', withToken('good'))).status).toBe(200);
    const denied = await call('GET', '/api/v1/private/admin', withToken('good'));
    expect([denied.status, denied.json().detail]).toEqual([
      403,
      'User is not authorized to access this resource with an explicit deny',
    ]);
    const silent = await call('GET', '/api/v1/private', withToken('no-statements'));
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
