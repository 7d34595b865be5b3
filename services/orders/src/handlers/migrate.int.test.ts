import { newId } from '#shared/ids.ts';
import { aDatabase } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { prepared } from '#shared/testing/postgres.ts';
import { aSecret } from '#shared/testing/secrets.ts';

const at = await aDatabase();
const [database, role] = [`orders_${at.name}`, `shop_orders_${at.name}`];
const [owner, reader] = [`${role}_owner`, `${role}_reader`];
const passwords = { owner: newId(), service: newId() };
await prepared(at, { database, owner, role, reader }, passwords);
setEnvironment({
  DATABASE_HOST: at.host,
  DATABASE_PORT: String(at.port),
  DATABASE_NAME: database,
  DATABASE_USER: role,
  DATABASE_SECRET_ID: await aSecret(JSON.stringify({ username: role, password: passwords.service })),
  DATABASE_READ_HOSTS: `${at.host},localhost`,
  DATABASE_READER: reader,
  DATABASE_SERVER_HOST: at.host,
  DATABASE_OWNER: owner,
  DATABASE_OWNER_SECRET_ID: await aSecret(JSON.stringify({ username: owner, password: passwords.owner })),
  ORDER_EVENTS_TOPIC_ARN: 'none',
  ORDER_CREATED_TOPIC_ARN: 'none',
  ORDER_COMPLETED_TOPIC_ARN: 'none',
  ORDER_CANCELLED_TOPIC_ARN: 'none',
  RESERVE_STOCK_FUNCTION: 'none',
  RELEASE_STOCK_FUNCTION: 'none',
  USER_FILES_BUCKET: 'none',
});
const { handler } = await import('./migrate.ts');
const { migrations } = await import('../migrations.ts');
const app = await import('../app.ts');
const firstRun = await handler({}, lambdaContext());

describe('migrate', () => {
  afterAll(() => Promise.all([app.database().end(), app.replicas().end()]));

  test('creates the tables as their owner; a second run changes nothing', async () => {
    const applied = [
      'shared/0001-outbox-idempotency-handled',
      'shared/0002-limits',
      'shared/0003-erasure',
      ...migrations.map(({ name }) => name),
    ];
    expect(firstRun).toEqual({ ok: true, response: { database, applied } });
    expect(await handler({}, lambdaContext())).toEqual({ ok: true, response: { database, applied: [] } });
    const owners = await app
      .database()
      .query("SELECT DISTINCT tableowner AS name FROM pg_tables WHERE schemaname = 'public'");
    expect(owners).toEqual([{ name: owner }]);
  });

  test('lets the service sign in as its own role, with the password of its secret', async () => {
    expect(await app.reader().list({}, 1)).toEqual([]);
    expect(await app.database().query('SELECT current_user AS name')).toEqual([{ name: role }]);
  });

  test('lists are read as a role that can only read, on a bounded number of connections', async () => {
    expect(await app.replicaReader().list({}, 1)).toEqual([]);
    expect(
      await app.replicas().query('SELECT rolconnlimit AS most FROM pg_roles WHERE rolname = current_user'),
    ).toEqual([{ most: 25 }]);
    await expect(app.replicas().query('DELETE FROM orders')).rejects.toThrow('permission denied');
  });
});
