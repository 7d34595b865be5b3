import type { ApiMethod, RestApiSpec } from '../../build/deployment.ts';
import { routeTable } from './routes.ts';

const anApi = (stack: string, paths: string[]): RestApiSpec => ({
  stack,
  logicalId: 'ApiGatewayRestApi',
  id: stack,
  name: stack,
  stageName: 'local',
  binaryMediaTypes: [],
  methods: paths.map((path): ApiMethod => {
    const [httpMethod = '', address = ''] = path.split(' ');
    return { httpMethod, path: address, integration: { kind: 'mock', responses: [] } };
  }),
  authorizers: [],
  gatewayResponses: [],
});
const orders = anApi('orders', [
  'GET /api/v1/orders',
  'GET /api/v1/orders/{id}',
  'ANY /api/v1/orders/{id}/invoice',
]);
const files = anApi('files', ['GET /api/v1/files/a/{name}', 'GET /api/v1/odd:name/{x}']);
const table = routeTable([orders, files]);

describe('the route table', () => {
  test.each([
    ['GET', '/api/v1/orders', '/api/v1/orders', null],
    ['GET', '/api/v1/orders/42', '/api/v1/orders/{id}', { id: '42' }],
    ['DELETE', '/api/v1/orders/42/invoice', '/api/v1/orders/{id}/invoice', { id: '42' }],
    ['GET', '/api/v1/files/a/b', '/api/v1/files/a/{name}', { name: 'b' }],
    ['GET', '/api/v1/files/a/x%2Fy', '/api/v1/files/a/{name}', { name: 'x/y' }],
    ['GET', '/api/v1/odd:name/1', '/api/v1/odd:name/{x}', { x: '1' }],
  ])('finds %s %s', (method, path, expected, parameters) => {
    const route = table.find(method, path);
    expect(route.method?.path).toBe(expected);
    expect(route.parameters).toEqual(parameters);
  });

  test.each([
    ['GET', '/api/v1/orders/'],
    ['POST', '/api/v1/orders'],
    ['GET', '/api/v1/ORDERS'],
    ['GET', '/api/v1/orders/%E0%A4%A'],
    ['GET', '/'],
  ])('has no method for %s %s', (method, path) => {
    expect(table.find(method, path).method).toBeUndefined();
  });

  test('assigns an unknown path to the first API', () => {
    expect(table.find('GET', '/api/v1/files').api).toBe(orders);
  });

  test('rejects a greedy parameter', () => {
    expect(() => routeTable([anApi('greedy', ['GET /api/v1/files/{path+}'])])).toThrow('is not supported');
  });

  test('rejects a path that two APIs declare', () => {
    expect(() => routeTable([orders, anApi('copy', ['POST /api/v1/orders'])])).toThrow(
      '/api/v1/orders is declared by orders and copy',
    );
  });
});
