import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeSecret } from '#shared/secrets.ts';
import { aDatabase } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { connected } from '#shared/testing/postgres.ts';

const at = await aDatabase();
const stage = at.name;
const [database, otherDatabase] = [`first_${at.name}`, `second_${at.name}`];
const passwords = new Map<string, string>();
for (const [name, username, password] of [
  ['users-admin', at.user, at.password],
  ['orders-admin', at.user, at.password],
  ...[database, otherDatabase].flatMap((each) => [
    [each, `shop_${each}`, randomUUID()],
    [`${each}-owner`, `shop_${each}_owner`, randomUUID()],
  ]),
] as [string, string, string][]) {
  passwords.set(username, password);
  await writeSecret(`test/${stage}/db/${name}`, JSON.stringify({ username, password }));
}
setEnvironment({
  PROJECT: 'test',
  STAGE: stage,
  DATABASE_USERS_NAMES: database,
  DATABASE_ORDERS_NAMES: `none,${otherDatabase}`,
  DATABASE_READER_NAMES: otherDatabase,
  DATABASE_USERS_HOST: at.host,
  DATABASE_USERS_PORT: String(at.port),
  DATABASE_ORDERS_HOST: at.host,
  DATABASE_ORDERS_PORT: String(at.port),
});
const { handler } = await import('./prepare-database.ts');
const server = connected({ ...at, name: 'postgres' });

const call = (name: string) => handler({ database: name } as Parameters<typeof handler>[0], lambdaContext());
/** What CloudFormation receives after it has asked for the database of a service. */
async function requested(name: unknown): Promise<Record<string, unknown>> {
  const received = Promise.withResolvers<string>();
  const callback = createServer(async (request, response) => {
    received.resolve((await request.toArray()).join(''));
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => callback.once('listening', listening));
  const event = {
    RequestType: 'Create',
    RequestId: 'request',
    StackId: 'stack',
    LogicalResourceId: 'ServiceDatabase',
    ResponseURL: `http://127.0.0.1:${(callback.address() as AddressInfo).port}/answer`,
    ResourceProperties: { Database: name },
  };
  await handler(event as unknown as Parameters<typeof handler>[0], lambdaContext());
  callback.close();
  return JSON.parse(await received.promise) as Record<string, unknown>;
}
const signsIn = async (name: string, user: string) => {
  const connection = connected({ ...at, name, user, password: passwords.get(user) ?? '' });
  try {
    return await connection.query('SELECT current_user AS name');
  } finally {
    await connection.end();
  }
};

afterEach(async () => {
  for (const name of [database, otherDatabase])
    await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  for (const name of [database, otherDatabase])
    for (const suffix of ['', '_owner', '_reader'])
      await server.query(`DROP ROLE IF EXISTS shop_${name}${suffix}`);
});
afterAll(() => server.end());

describe('prepare-database', () => {
  test("creates a service's database and roles for its stack, and repeats it without effect", async () => {
    for (let times = 1; times <= 2; times += 1)
      expect(await requested(database)).toMatchObject({ Status: 'SUCCESS' });
    for (const user of [`shop_${database}`, `shop_${database}_owner`])
      expect(await signsIn(database, user)).toEqual([{ name: user }]);
    const readers = await server.query(`SELECT FROM pg_roles WHERE rolname = 'shop_${database}_reader'`);
    expect(readers).toEqual([]);
  });

  test('creates one with a reader for an operator, on the other server', async () => {
    expect(await call(otherDatabase)).toEqual({ ok: true, response: { database: otherDatabase } });
    const readers = await server.query(`SELECT FROM pg_roles WHERE rolname = 'shop_${otherDatabase}_reader'`);
    expect(readers).toHaveLength(1);
  });

  test.each(['postgres', 'none', 'unknown'])(
    'refuses the database %s, which no service has',
    async (name) => {
      expect(await requested(name)).toMatchObject({
        Status: 'FAILED',
        Reason: `Error: No server of this stage has the database ${name}`,
      });
      await expect(call(name)).rejects.toThrow('No server of this stage has the database');
    },
  );

  test('refuses a request without a database', async () => {
    expect(await requested(undefined)).toMatchObject({ Status: 'FAILED' });
    await expect(call('')).rejects.toThrow();
  });
});
