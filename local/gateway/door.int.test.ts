import { eventually } from '#shared/testing/eventually.ts';
import { gatewayUnderTest } from './fixtures/gateway-under-test.ts';

const { pool, call } = await gatewayUnderTest();

describe('a route', () => {
  test('is chosen literal first, then parameter, then greedy', async () => {
    expect((await call('GET', '/api/v1/echo/fixed')).json().resource).toBe('/api/v1/echo/fixed');
    expect((await call('GET', '/api/v1/echo/7')).json().resource).toBe('/api/v1/echo/{id}');
    const greedy = (await call('GET', '/api/v1/files/a/b%20c')).json();
    expect(greedy.pathParameters).toEqual({ path: 'a/b c' });
  });

  test('that does not exist gets the answer of the template', async () => {
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['POST', '/api/v1/echo/fixed'],
      ['GET', '/api/v1/echo/'],
    ]) {
      const answer = await call(method as string, path as string);
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json()).toEqual({ code: 'ROUTE_NOT_FOUND', requestId: answer.headers['x-from'] });
    }
  });
});

describe('an answer', () => {
  test.each(['throws', 'nothing', 'text', 'key', 'status', 'object', 'header'])(
    'that is not one (%s) is 502 without a word of the function',
    async (how) => {
      const answer = await call('GET', `/api/v1/odd/${how}`);
      expect([answer.status, answer.json()]).toEqual([502, { message: 'Internal server error' }]);
    },
  );

  test('that takes longer than the integration may is 504', async () => {
    const answer = await call('GET', '/api/v1/odd/slow');
    expect([answer.status, answer.json()]).toEqual([504, { message: 'Endpoint request timed out' }]);
  });

  test('without a body and with reserved headers comes out as API Gateway sends it', async () => {
    expect((await call('GET', '/api/v1/odd/empty')).status).toBe(204);
    const remapped = await call('GET', '/api/v1/odd/remapped');
    expect(remapped.headers['x-amzn-remapped-www-authenticate']).toBe('Bearer');
    expect(remapped.headers['www-authenticate']).toBeUndefined();
  });

  test('of a killed host is 502', async () => {
    const running = call('GET', '/api/v1/odd/hangs');
    await eventually(() => expect(pool.hosts()[0]?.inFlight).toBe(1));
    pool.kill();
    expect((await running).status).toBe(502);
    expect((await call('GET', '/api/v1/echo/fixed')).status).toBe(200);
  });
});
