import type { ApiMethod, RestApiSpec } from '../../build/deployment.ts';
import { type DeployedApi, prefixesOf } from './api-entry.ts';

const api = (name: string, ...paths: string[]): DeployedApi => ({
  restApiId: name,
  spec: { methods: paths.map((path) => ({ path }) as ApiMethod) } as RestApiSpec,
});

describe('the API entry', () => {
  test('routes each path prefix to its API', () => {
    const users = api('users', '/api/v1/auth/login', '/api/v1/users/me', '/api/v1/openapi.json');
    const orders = api('orders', '/api/v1/orders', '/api/v1/orders/{id}/invoice');
    expect([...prefixesOf([users, orders])].map(([prefix, { restApiId }]) => [prefix, restApiId])).toEqual([
      ['/api/v1/auth', 'users'],
      ['/api/v1/users', 'users'],
      ['/api/v1/openapi.json', 'users'],
      ['/api/v1/orders', 'orders'],
    ]);
  });

  test('rejects two APIs with the same prefix', () => {
    const apis = [api('orders', '/api/v1/orders'), api('other', '/api/v1/orders/{id}')];
    expect(() => prefixesOf(apis)).toThrow('Two APIs claim /api/v1/orders.');
  });
});
