import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { everyError } from '../../build/docs/errors-table.ts';
import type { ShopClient, ShopResponse } from '../../client/shop-client.ts';
import { may, permissionsOf } from '../../shared/auth/permissions.ts';
import type { Route } from '../../shared/http/route.ts';
import { newCustomer } from './support/customer.ts';
import { sendPlain } from './support/plain-request.ts';
import { anId, everyRoute, pathWith } from './support/routes.ts';
import { admin, setting, visitor } from './support/shop.ts';

type Problem = {
  type: string;
  code: string;
  status?: number;
  title: string;
  errors?: { field: string; message: string }[];
};

/** Whether a firewall refuses large bodies: it sends the same error body with the type `application/json`. */
const behindFirewall = process.env['E2E_FIREWALL'] === 'true';

/** Title by code, as docs/errors.md has them. */
const titles = Object.fromEntries((await everyError()).map(({ code, title }) => [code, title]));
/** The default gateway responses do not contain the status (docs/errors.md). */
const withoutStatus = ['BAD_REQUEST', 'INTERNAL'];

/** Every error response is problem+json with a code of docs/errors.md and its own status. */
function expectProblem(
  response: ShopResponse<Problem>,
  status: number | number[],
  code?: string,
  type = 'application/problem+json',
): void {
  expect([response.text.slice(0, 500), response.status]).toEqual([
    expect.anything(),
    expect.toBeOneOf([status].flat()),
  ]);
  expect(response.headers.get('content-type')).toContain(type);
  const { body } = response;
  expect(body.code).toEqual(code ?? expect.toBeOneOf(Object.keys(titles)));
  expect(body).toMatchObject({ type: `urn:shop:error:${body.code}`, title: titles[body.code] });
  if (body.status !== undefined || !withoutStatus.includes(body.code))
    expect(body.status).toBe(response.status);
}

expect.extend({
  toBeOneOf: (received: unknown, options: unknown[]) => ({
    pass: options.includes(received),
    message: () => `expected one of ${options.join(', ')}, got ${String(received)}`,
  }),
});

const routes = await everyRoute();
const named = (some: Route[]) => some.map((route) => [`${route.method} ${route.path}`, route] as const);
const guarded = routes.filter(({ access }) => access !== 'public');
const withBody = routes.filter(({ body }) => body !== undefined);
const staffOnly = guarded.filter(
  ({ access }) => access !== 'public' && !may({ permissions: permissionsOf(['customer']) }, access),
);

/** The headers that a route requires. */
const requiredHeaders = (route: Route): Record<string, string> => ({
  ...(route.ifMatch ? { 'if-match': '"1"' } : {}),
  ...(route.idempotency === 'required' ? { 'idempotency-key': randomUUID() } : {}),
});

describe('bad input', () => {
  let customer: ShopClient;
  let adminClient: ShopClient;
  const callerOf = (route: Route) => (staffOnly.includes(route) ? adminClient : customer);

  beforeAll(async () => {
    [customer, adminClient] = await Promise.all([newCustomer('Bad Input'), admin()]);
  });

  test.each(named(guarded))('%s returns 401 without a token', async (_, route) => {
    const response = await visitor().send<Problem>(route.method, pathWith(route, anId));
    expectProblem(response, 401, 'UNAUTHENTICATED');
  });

  test.each(named(guarded))('%s returns 401 for a tampered token', async (_, route) => {
    const [head, payload, signature] = (customer.token ?? '').split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: 'admin' })).toString('base64url');
    const response = await visitor().send<Problem>(route.method, pathWith(route, anId), {
      token: `${head}.${forged}.${signature}`,
    });
    expectProblem(response, 401, 'UNAUTHENTICATED');
  });

  test.each(named(staffOnly))('%s returns 403 for a customer', async (_, route) => {
    const response = await customer.send<Problem>(route.method, pathWith(route, anId), {
      headers: requiredHeaders(route),
      ...(route.body ? { body: {} } : {}),
    });
    expectProblem(response, 403, 'FORBIDDEN');
  });

  test.each(named(withBody))('%s names every field of a wrong type', async (_, route) => {
    const properties = propertiesOf(route);
    for (const [name, wrong] of properties) {
      const response = await callerOf(route).send<Problem>(route.method, pathWith(route, anId), {
        headers: requiredHeaders(route),
        body: { [name]: wrong },
      });
      expectProblem(response, 400, 'INVALID_REQUEST');
      expect(response.body.errors?.map(({ field }) => field.split(/[.[]/)[0])).toContain(name);
    }
  });

  test.each(named(withBody))('%s names missing and unknown fields', async (_, route) => {
    const response = await callerOf(route).send<Problem>(route.method, pathWith(route, anId), {
      headers: requiredHeaders(route),
      body: { surprise: 1 },
    });
    expectProblem(response, 400, 'INVALID_REQUEST');
    expect(response.body.errors?.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['surprise', ...requiredOf(route)]),
    );
  });

  test.each(named(withBody))(
    '%s refuses a body that is empty, not JSON or not an object',
    async (_, route) => {
      for (const body of ['{"half":', '[]', '"text"', 'null', '']) {
        const response = await callerOf(route).send<Problem>(route.method, pathWith(route, anId), {
          headers: requiredHeaders(route),
          body,
        });
        expectProblem(response, 400, 'INVALID_REQUEST');
      }
    },
  );

  test.each(named(routes.filter(({ params }) => params !== undefined)))(
    '%s names a malformed path parameter',
    async (_, route) => {
      const response = await callerOf(route).send<Problem>(route.method, pathWith(route, malformed), {
        headers: requiredHeaders(route),
        ...(route.body ? { body: {} } : {}),
      });
      // Some routes accept any text: nothing exists under that name.
      if (takesAnyText(route)) return expectProblem(response, 404);
      expectProblem(response, 400, 'INVALID_REQUEST');
      expect(response.body.errors?.map(({ field }) => field)).toEqual(parametersOf(route));
    },
  );

  test.each(named(routes.filter(({ params, body, method }) => params && !body && method !== 'DELETE')))(
    '%s returns 404 for something that does not exist',
    async (_, route) => {
      const response = await callerOf(route).send<Problem>(
        route.method,
        pathWith(route, (name) => (name === 'date' ? '1999-01-01' : anId(name))),
        { headers: requiredHeaders(route) },
      );
      expectProblem(response, 404);
    },
  );

  test.each(named(routes.filter(({ query }) => query !== undefined)))(
    '%s names a wrong query parameter',
    async (_, route) => {
      const caller = callerOf(route);
      for (const [query, field] of [
        ['limit=many', 'limit'],
        ['limit=0', 'limit'],
        ['limit=100000', 'limit'],
        ['surprise=1', 'surprise'],
      ] as const) {
        const response = await caller.send<Problem>(route.method, `${pathWith(route, anId)}?${query}`);
        expectProblem(response, 400, 'INVALID_REQUEST');
        expect(response.body.errors?.map((error) => error.field)).toContain(field);
      }
      const response = await caller.send<Problem>(route.method, `${pathWith(route, anId)}?cursor=bm9wZQ`);
      expectProblem(response, 400, 'INVALID_REQUEST');
    },
  );

  test.each(named(routes))('%s treats the names of Object.prototype as unknown', async (_, route) => {
    const body = { ...JSON.parse('{ "__proto__": { "limit": 1 } }'), constructor: 1, toString: 1 };
    const query = inherited.map((name) => `${name}=1`).join('&');
    const inQuery = await callerOf(route).send<Problem>(route.method, `${pathWith(route, anId)}?${query}`, {
      headers: requiredHeaders(route),
      ...(route.body ? { body } : {}),
    });
    const token = callerOf(route).token ?? '';
    const inHeaders = await sendPlain<Problem>(
      `${setting('E2E_BASE_URL')}${pathWith(route, anId)}`,
      route.method,
      [
        ['user-agent', 'e2e'],
        ...Object.entries({ ...requiredHeaders(route), authorization: `Bearer ${token}` }),
        ...inherited.map((name): [string, string] => [name, '1']),
      ],
    );
    for (const response of [inQuery, inHeaders]) {
      expect(response.status).toBeLessThan(500);
      if (response.status >= 300) expectProblem(response, clientErrors);
    }
    if (route.query === undefined) return;
    expectProblem(inQuery, 400, 'INVALID_REQUEST');
    expect(inQuery.body.errors?.map(({ field }) => field)).toEqual(
      expect.arrayContaining(inherited.filter((name) => name !== '__proto__')),
    );
  });

  test.each(named(routes.filter(({ idempotency }) => idempotency === 'required')))(
    '%s names a missing or malformed Idempotency-Key',
    async (_, route) => {
      for (const headers of [{}, { 'idempotency-key': 'x'.repeat(256) }, { 'idempotency-key': 'a b' }]) {
        const response = await callerOf(route).send<Problem>(route.method, pathWith(route, anId), {
          headers: headers as Record<string, string>,
          body: sampleOf(route),
        });
        expectProblem(response, 400, 'INVALID_REQUEST');
        expect(response.body.errors?.map(({ field }) => field)).toEqual(['Idempotency-Key']);
      }
    },
  );

  test.each(named(withBody))('%s refuses a body over the limit', async (_, route) => {
    const response = await callerOf(route).send<Problem>(route.method, pathWith(route, anId), {
      headers: requiredHeaders(route),
      body: { surprise: 'x'.repeat(11 * 1024 * 1024) },
    });
    expectProblem(response, 413, 'REQUEST_TOO_LARGE', behindFirewall ? 'application/json' : undefined);
  });

  test('a body of another media type returns 415', async () => {
    const response = await visitor().send<Problem>('POST', '/api/v1/auth/login', {
      body: 'email=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expectProblem(response, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each([
    ['GET', '/api/v1/nothing-here'],
    ['DELETE', '/api/v1/orders'],
    ['GET', '/'],
  ])('%s %s returns 404', async (method, path) => {
    expectProblem(await customer.send<Problem>(method, path), 404, 'ROUTE_NOT_FOUND');
  });
});

/** Names that every JavaScript object inherits. */
const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
const clientErrors = Array.from({ length: 100 }, (_, index) => 400 + index);

const malformed = 'no such id!';
const parametersOf = (route: Route): string[] =>
  [...route.path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
const takesAnyText = (route: Route): boolean =>
  route.params?.safeParse(Object.fromEntries(parametersOf(route).map((name) => [name, malformed])))
    .success === true;

type ObjectSchema = {
  properties?: Record<string, { type?: string; anyOf?: unknown[] }>;
  required?: string[];
};

const schemaOf = (route: Route): ObjectSchema =>
  z.toJSONSchema(route.body ?? z.object(), { io: 'input', unrepresentable: 'any' }) as ObjectSchema;

/** Each property of the body with a value that its schema refuses. */
const propertiesOf = (route: Route): [string, unknown][] =>
  Object.entries(schemaOf(route).properties ?? {}).map(([name, { type }]) => [
    name,
    type === 'object' || type === 'array' ? 'text' : { not: 'this' },
  ]);

const requiredOf = (route: Route): string[] => schemaOf(route).required ?? [];

/** A body with every required name, so that the header is the first error. */
const sampleOf = (route: Route): Record<string, unknown> =>
  Object.fromEntries(requiredOf(route).map((name) => [name, 'x']));
