import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connect, credentialsOf, type DatabaseConfig } from '../../shared/postgres/connect.ts';
import { type Database, postgres, sqlState } from '../../shared/postgres/database.ts';
import { migrateService } from '../../shared/postgres/migrate-service.ts';
import { prepareDatabase } from '../../shared/postgres/prepare-database.ts';
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

type Service = { config: DatabaseConfig; database: Database; secretId: string };
type Login = { user: string; password: string };
const table = [{ name: 'own/0001', sql: 'CREATE TABLE things (id int)' }];

/** A service with its own database: the master prepares it, the owner creates the tables. */
async function aService(name: string): Promise<Service & { owner: Login }> {
  const role = `${name}_${at.name}`;
  const passwords = { owner: randomUUID(), service: randomUUID() };
  const secretId = await aSecret(JSON.stringify({ username: role, password: passwords.service }));
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
  const [owner, reader] = [`${role}_owner`, `${role}_reader`];
  const asMaster = (database: string) => as(master, database, masterPassword);
  await prepareDatabase(asMaster, { database: role, owner, role, reader }, passwords);
  const ownerConfig = {
    DATABASE_SERVER_HOST: at.host,
    DATABASE_OWNER: owner,
    DATABASE_OWNER_SECRET_ID: await aSecret(JSON.stringify({ username: owner, password: passwords.owner })),
    DATABASE_READER: reader,
  };
  await migrateService({ ...config, ...ownerConfig }, table, 10_000);
  return { config, database: connect(config), secretId, owner: { user: owner, password: passwords.owner } };
}

const [users, orders] = [await aService('users'), await aService('orders')];

afterAll(async () => {
  await Promise.all([users.database.end(), orders.database.end()]);
  for (const { config } of [users, orders]) {
    const role = config.DATABASE_USER;
    await server.query(`DROP DATABASE ${role} WITH (FORCE)`);
    await server.query(`DROP ROLE ${role}, ${role}_reader, ${role}_owner`);
  }
  await server.query(`DROP ROLE ${master}`);
  await server.end();
});

/** The SQL state with which a role's statement is refused; undefined if it succeeds. */
async function refusalOf({ user, password }: Login, database: string, statement: string) {
  const connection = as(user, database, password);
  try {
    await connection.query(statement);
    return undefined;
  } catch (error) {
    return sqlState(error);
  } finally {
    await connection.end();
  }
}

/** The same for a service's own role. */
async function refusal(role: Service, database: string, statement: string) {
  const { password } = await credentialsOf(role.secretId);
  return refusalOf({ user: role.config.DATABASE_USER, password }, database, statement);
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
    ['become the owner of its tables', `SET ROLE ${users.owner.user}`],
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

describe('the owner of the tables, as which migrations run', () => {
  const { user } = users.owner;
  const [own, other] = [users.config.DATABASE_NAME, orders.config.DATABASE_NAME];
  const refused = (database: string, statement: string) => refusalOf(users.owner, database, statement);

  test('changes its tables', async () => {
    expect(await refused(own, 'CREATE TABLE more (id int); ALTER TABLE more ADD COLUMN note text')).toBe(
      undefined,
    );
    expect(await refused(own, 'DROP TABLE more')).toBe(undefined);
  });

  test('cannot connect to the database of another service', async () => {
    expect(await refused(other, 'SELECT 1')).toBe('42501');
    expect(await refusalOf(orders.owner, own, 'SELECT 1')).toBe('42501');
  });

  test.each([
    ['create a role', 'CREATE ROLE friend'],
    ['give itself the right to create roles', `ALTER ROLE ${user} CREATEROLE`],
    ['change the password of another role', `ALTER ROLE ${users.config.DATABASE_USER} PASSWORD 'mine'`],
    ['create a database', 'CREATE DATABASE mine'],
    ['drop its database', `DROP DATABASE ${own}`],
    ['drop the database of another service', `DROP DATABASE ${other}`],
    ['take over its database', `ALTER DATABASE ${own} OWNER TO ${user}`],
    ['become the master', `SET ROLE ${master}`],
    ["become another service's owner", `SET ROLE ${orders.owner.user}`],
    ["become another service's role", `SET ROLE ${orders.config.DATABASE_USER}`],
    ['read passwords', 'SELECT rolpassword FROM pg_authid'],
    ['read files of the server', `SELECT pg_read_file('postgresql.conf')`],
    ['run programs', `COPY things FROM PROGRAM 'id'`],
  ])('cannot %s', async (_what, statement) => {
    expect(await refused(own, statement)).toBe('42501');
  });

  test('has neither attributes nor memberships', async () => {
    const [found] = await server.query(
      `SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
              (SELECT count(*)::int FROM pg_auth_members WHERE member = pg_roles.oid) AS memberships
         FROM pg_roles WHERE rolname = '${user}'`,
    );
    expect(found).toEqual({
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolbypassrls: false,
      memberships: 0,
    });
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
