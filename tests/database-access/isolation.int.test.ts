import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connect, credentialsOf, type DatabaseConfig } from '../../shared/postgres/connect.ts';
import { type Database, postgres, sqlState } from '../../shared/postgres/database.ts';
import { migrateService } from '../../shared/postgres/migrate-service.ts';
import { scramVerifier } from '../../shared/postgres/scram.ts';
import { aDatabase } from '../../shared/testing/engines.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { aSecret } from '../../shared/testing/secrets.ts';

const at = await aDatabase();
const as = (user: string, database: string, password: string) =>
  postgres({
    host: at.host,
    port: at.port,
    database,
    user,
    password: async () => password,
    tls: 'off',
    maxConnections: 1,
    prepareStatements: false,
  });
const server = as(at.user, 'postgres', at.password);
const master = `master_of_${at.name}`;
const masterPassword = randomUUID();
// As on RDS: creates roles and databases, and is no superuser.
await server.query(`CREATE ROLE ${master} LOGIN CREATEROLE CREATEDB PASSWORD '${masterPassword}'`);
const adminSecret = await aSecret(JSON.stringify({ username: master, password: masterPassword }));

type Service = { config: DatabaseConfig; database: Database; secretId: string };
const table = [{ name: 'own/0001', sql: 'CREATE TABLE things (id int)' }];

/** A service with its own database, created by its migration. */
async function aService(name: string): Promise<Service> {
  const role = `${name}_${at.name}`;
  const secretId = await aSecret(JSON.stringify({ username: role, password: randomUUID() }));
  const config: DatabaseConfig = {
    DATABASE_HOST: at.host,
    DATABASE_PORT: at.port,
    DATABASE_NAME: role,
    DATABASE_USER: role,
    DATABASE_AUTH: 'password',
    DATABASE_TLS: 'off',
    DATABASE_SECRET_ID: secretId,
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_MAX_CONCURRENCY: 1,
  };
  const admin = {
    DATABASE_ADMIN_HOST: at.host,
    DATABASE_ADMIN_SECRET_ID: adminSecret,
    DATABASE_READER: `${role}_reader`,
  };
  await migrateService({ ...config, ...admin }, table, 10_000);
  return { config, database: connect(config), secretId };
}

const [users, orders] = [await aService('users'), await aService('orders')];

afterAll(async () => {
  await Promise.all([users.database.end(), orders.database.end()]);
  for (const { config } of [users, orders]) {
    const role = config.DATABASE_USER;
    await server.query(`DROP DATABASE ${role} WITH (FORCE)`);
    await server.query(`DROP ROLE ${role}, ${role}_reader`);
  }
  await server.query(`DROP ROLE ${master}`);
  await server.end();
});

/** The SQL state with which a role's statement is refused; undefined if it succeeds. */
async function refusal(role: Service, database: string, statement: string): Promise<string | undefined> {
  const { password } = await credentialsOf(role.secretId);
  const connection = as(role.config.DATABASE_USER, database, password);
  try {
    await connection.query(statement);
    return undefined;
  } catch (error) {
    return sqlState(error);
  } finally {
    await connection.end();
  }
}

describe("a service's role", () => {
  test('reads and writes its own database', async () => {
    for (const { database } of [users, orders]) {
      await database.query('INSERT INTO things VALUES (1)');
      await database.query('UPDATE things SET id = 2');
      expect(await database.query('SELECT id FROM things')).toEqual([{ id: 2 }]);
      await database.query('DELETE FROM things');
    }
  });

  // 42501 insufficient_privilege: the connection itself is refused.
  test("cannot connect to another's", async () => {
    expect(await refusal(users, orders.config.DATABASE_NAME, 'SELECT 1')).toBe('42501');
    expect(await refusal(orders, users.config.DATABASE_NAME, 'SELECT 1')).toBe('42501');
  });

  test.each([
    ['create a database', 'CREATE DATABASE mine'],
    ['create a role', 'CREATE ROLE friend'],
    ['become another role', `SET ROLE ${orders.config.DATABASE_USER}`],
    ['become the master', `SET ROLE ${master}`],
    ['change a table', 'ALTER TABLE things ADD COLUMN more int'],
    ['drop a table', 'DROP TABLE things'],
    ['create a table', 'CREATE TABLE mine (id int)'],
    [
      'grant access to another role',
      `GRANT CONNECT ON DATABASE ${users.config.DATABASE_NAME} TO ${orders.config.DATABASE_USER}`,
    ],
    ['read passwords', 'SELECT rolpassword FROM pg_authid'],
    ['read files of the server', `SELECT pg_read_file('postgresql.conf')`],
    ['run programs', `COPY things FROM PROGRAM 'id'`],
  ])('cannot %s', async (_what, statement) => {
    const refused = await refusal(users, users.config.DATABASE_NAME, statement);
    // PostgreSQL warns and grants nothing where the grantor has no grant option.
    if (statement.startsWith('GRANT')) {
      expect(await refusal(orders, users.config.DATABASE_NAME, 'SELECT 1')).toBe('42501');
      return;
    }
    expect(refused).toBe('42501');
  });

  test('has limits of its own, without a SET', async () => {
    expect(
      await users.database.query(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle`,
      ),
    ).toEqual([{ statement: '8s', idle: '15s' }]);
  });
});

test('a rotated secret is used without a restart', async () => {
  const { database, secretId, config } = users;
  const role = config.DATABASE_USER;
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  const next = randomUUID();
  await new SecretsManagerClient({}).send(
    new PutSecretValueCommand({
      SecretId: secretId,
      SecretString: JSON.stringify({ username: role, password: next }),
    }),
  );
  await server.query(`ALTER ROLE ${role} PASSWORD '${scramVerifier(next)}'`);
  // Open connections stay open; new ones, as after a failover, sign in with the current secret.
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
  expect(await eventually(() => database.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});
