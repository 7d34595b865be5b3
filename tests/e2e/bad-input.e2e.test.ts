import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { everyError } from '../../build/docs/errors-table.ts';
import type { ShopClient, ShopResponse } from '../../client/shop-client.ts';
import { may } from '../../shared/auth/permissions.ts';
import type { Route } from '../../shared/http/route.ts';
import { sendPlain } from './support/plain-request.ts';
import { everyRoute, pathWith } from './support/routes.ts';
import { admin, setting, visitor } from './support/shop.ts';

type Problem = {
  type: string;
  code: string;
  status?: number;
  title: string;
  errors?: { field: string; message: string }[];
};

/** A firewall before the APIs refuses by itself what is too large, in our words, but says `application/json`. */
const behindFirewall = process.env['E2E_FIREWALL'] === 'true';

/** Title by code, as docs/errors.md has them. */
const titles = Object.fromEntries((await everyError()).map(({ code, title }) => [code, title]));
/** API Gateway's templates for what has none of its own: they are not told the status (docs/errors.md). */
const withoutStatus = ['BAD_REQUEST', 'INTERNAL'];

/** Every refusal has the one form: problem+json with a code of docs/errors.md and the status it came with. */
function expectProblem(
  answer: ShopResponse<Problem>,
  status: number | number[],
  code?: string,
  type = 'application/problem+json',
): void {
  expect([answer.text.slice(0, 500), answer.status]).toEqual([
    expect.anything(),
    expect.toBeOneOf([status].flat()),
  ]);
  expect(answer.headers.get('content-type')).toContain(type);
  const { body } = answer;
  expect(body.code).toEqual(code ?? expect.toBeOneOf(Object.keys(titles)));
  expect(body).toMatchObject({ type: `urn:shop:error:${body.code}`, title: titles[body.code] });
  if (body.status !== undefined || !withoutStatus.includes(body.code))
    expect(body.status).toBe(answer.status);
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
  ({ access }) => access !== 'public' && !may({ userId: '', roles: ['customer'] }, access),
);

/** The headers a route demands before it looks at the rest. */
const demanded = (route: Route): Record<string, string> => ({
  ...(route.ifMatch ? { 'if-match': '"1"' } : {}),
  ...(route.idempotency === 'required' ? { 'idempotency-key': randomUUID() } : {}),
});

describe('bad input', () => {
  let customer: ShopClient;
  let boss: ShopClient;
  const callerOf = (route: Route) => (staffOnly.includes(route) ? boss : customer);

  beforeAll(async () => {
    [customer, boss] = await Promise.all([visitor().register('Bad Input'), admin()]);
  });

  test.each(named(guarded))('%s without a token is 401', async (_, route) => {
    const answer = await visitor().send<Problem>(route.method, pathWith(route, randomUUID()));
    expectProblem(answer, 401, 'UNAUTHENTICATED');
  });

  test.each(named(guarded))('%s with a tampered token is 401', async (_, route) => {
    const [head, payload, signature] = (customer.token ?? '').split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: 'admin' })).toString('base64url');
    const answer = await visitor().send<Problem>(route.method, pathWith(route, randomUUID()), {
      token: `${head}.${forged}.${signature}`,
    });
    expectProblem(answer, 401, 'UNAUTHENTICATED');
  });

  test.each(named(staffOnly))('%s is 403 for a customer', async (_, route) => {
    const answer = await customer.send<Problem>(route.method, pathWith(route, randomUUID()), {
      headers: demanded(route),
      ...(route.body ? { body: {} } : {}),
    });
    expectProblem(answer, 403, 'FORBIDDEN');
  });

  test.each(named(withBody))('%s names every field of a wrong type', async (_, route) => {
    const properties = propertiesOf(route);
    for (const [name, wrong] of properties) {
      const answer = await callerOf(route).send<Problem>(route.method, pathWith(route, randomUUID()), {
        headers: demanded(route),
        body: { [name]: wrong },
      });
      expectProblem(answer, 400, 'INVALID_REQUEST');
      expect(answer.body.errors?.map(({ field }) => field.split(/[.[]/)[0])).toContain(name);
    }
  });

  test.each(named(withBody))('%s names missing and unknown fields', async (_, route) => {
    const answer = await callerOf(route).send<Problem>(route.method, pathWith(route, randomUUID()), {
      headers: demanded(route),
      body: { surprise: 1 },
    });
    expectProblem(answer, 400, 'INVALID_REQUEST');
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['surprise', ...requiredOf(route)]),
    );
  });

  test.each(named(withBody))('%s refuses what is no JSON, no object, or nothing', async (_, route) => {
    for (const body of ['{"half":', '[]', '"text"', 'null', '']) {
      const answer = await callerOf(route).send<Problem>(route.method, pathWith(route, randomUUID()), {
        headers: demanded(route),
        body,
      });
      expectProblem(answer, 400, 'INVALID_REQUEST');
    }
  });

  test.each(named(routes.filter(({ params }) => params !== undefined)))(
    '%s names a malformed path parameter',
    async (_, route) => {
      const answer = await callerOf(route).send<Problem>(route.method, pathWith(route, malformed), {
        headers: demanded(route),
        ...(route.body ? { body: {} } : {}),
      });
      // Any text is well-formed to some: there is just nothing by that name.
      if (takesAnyText(route)) return expectProblem(answer, 404);
      expectProblem(answer, 400, 'INVALID_REQUEST');
      expect(answer.body.errors?.map(({ field }) => field)).toEqual(parametersOf(route));
    },
  );

  test.each(named(routes.filter(({ params, body, method }) => params && !body && method !== 'DELETE')))(
    '%s of something that is not there is 404',
    async (_, route) => {
      const answer = await callerOf(route).send<Problem>(
        route.method,
        pathWith(route, (name) => (name === 'date' ? '1999-01-01' : randomUUID())),
        { headers: demanded(route) },
      );
      expectProblem(answer, 404);
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
        const answer = await caller.send<Problem>(route.method, `${pathWith(route, randomUUID())}?${query}`);
        expectProblem(answer, 400, 'INVALID_REQUEST');
        expect(answer.body.errors?.map((error) => error.field)).toContain(field);
      }
      const answer = await caller.send<Problem>(
        route.method,
        `${pathWith(route, randomUUID())}?cursor=bm9wZQ`,
      );
      expectProblem(answer, 400, 'INVALID_REQUEST');
    },
  );

  test.each(named(routes))('%s takes no name for one that every object knows', async (_, route) => {
    const body = { ...JSON.parse('{ "__proto__": { "limit": 1 } }'), constructor: 1, toString: 1 };
    const query = innate.map((name) => `${name}=1`).join('&');
    const inQuery = await callerOf(route).send<Problem>(
      route.method,
      `${pathWith(route, randomUUID())}?${query}`,
      { headers: demanded(route), ...(route.body ? { body } : {}) },
    );
    const token = callerOf(route).token ?? '';
    const inHeaders = await sendPlain<Problem>(
      `${setting('E2E_BASE_URL')}${pathWith(route, randomUUID())}`,
      route.method,
      [
        ['user-agent', 'e2e'],
        ...Object.entries({ ...demanded(route), authorization: `Bearer ${token}` }),
        ...innate.map((name): [string, string] => [name, '1']),
      ],
    );
    for (const answer of [inQuery, inHeaders]) {
      expect(answer.status).toBeLessThan(500);
      if (answer.status >= 300) expectProblem(answer, clientErrors);
    }
    if (route.query === undefined) return;
    expectProblem(inQuery, 400, 'INVALID_REQUEST');
    expect(inQuery.body.errors?.map(({ field }) => field)).toEqual(
      expect.arrayContaining(innate.filter((name) => name !== '__proto__')),
    );
  });

  test.each(named(routes.filter(({ idempotency }) => idempotency === 'required')))(
    '%s names a missing or malformed Idempotency-Key',
    async (_, route) => {
      for (const headers of [{}, { 'idempotency-key': 'x'.repeat(256) }, { 'idempotency-key': 'a b' }]) {
        const answer = await callerOf(route).send<Problem>(route.method, pathWith(route, randomUUID()), {
          headers: headers as Record<string, string>,
          body: sampleOf(route),
        });
        expectProblem(answer, 400, 'INVALID_REQUEST');
        expect(answer.body.errors?.map(({ field }) => field)).toEqual(['Idempotency-Key']);
      }
    },
  );

  test.each(named(withBody))('%s refuses a body over the limit', async (_, route) => {
    const answer = await callerOf(route).send<Problem>(route.method, pathWith(route, randomUUID()), {
      headers: demanded(route),
      body: { surprise: 'x'.repeat(11 * 1024 * 1024) },
    });
    expectProblem(answer, 413, 'REQUEST_TOO_LARGE', behindFirewall ? 'application/json' : undefined);
  });

  test('a body of another media type is 415', async () => {
    const answer = await visitor().send<Problem>('POST', '/api/v1/auth/login', {
      body: 'email=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each([
    ['GET', '/api/v1/nothing-here'],
    ['DELETE', '/api/v1/orders'],
    ['GET', '/'],
  ])('%s %s is 404', async (method, path) => {
    expectProblem(await customer.send<Problem>(method, path), 404, 'ROUTE_NOT_FOUND');
  });
});

/** Names that every object of JavaScript has: a name to a client, nothing else. */
const innate = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
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

/** Each property of the body with a value that no schema of ours takes for it. */
const propertiesOf = (route: Route): [string, unknown][] =>
  Object.entries(schemaOf(route).properties ?? {}).map(([name, { type }]) => [
    name,
    type === 'object' || type === 'array' ? 'text' : { not: 'this' },
  ]);

const requiredOf = (route: Route): string[] => schemaOf(route).required ?? [];

/** A body with every required name, so that only the header can be what is wrong first. */
const sampleOf = (route: Route): Record<string, unknown> =>
  Object.fromEntries(requiredOf(route).map((name) => [name, 'x']));
