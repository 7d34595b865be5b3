import { readFileSync } from 'node:fs';
import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import { connect, type DatabaseConfig } from '../../shared/postgres/connect.ts';
import { sql } from '../../shared/postgres/sql.ts';
import { aDatabase } from '../../shared/testing/engines.ts';
import { databaseEnvironment } from '../../shared/testing/secrets.ts';

const at = await aDatabase();
const settings = await databaseEnvironment(at);
const { DATABASE_HOST: hostname = '', DATABASE_PORT = '', DATABASE_CA_FILE = '' } = settings;
const port = Number(DATABASE_PORT);
const config = {
  ...settings,
  DATABASE_PORT: port,
  AWS_REGION: 'eu-west-1',
  AWS_LAMBDA_MAX_CONCURRENCY: 1,
} as unknown as DatabaseConfig;

const database = connect(config);
afterAll(() => database.end());

const token = () => new Signer({ hostname, port, username: at.user, region: 'eu-west-1' }).getAuthToken();
const ssl = { ca: readFileSync(DATABASE_CA_FILE) };
async function withClient(
  options: pg.ClientConfig,
  work: (client: pg.Client) => Promise<unknown> = async () => {},
): Promise<void> {
  const { user, name } = at;
  const password = await token();
  const client = new pg.Client({ host: hostname, port, user, database: name, password, ssl, ...options });
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

describe('through RDS Proxy', () => {
  test('statements with parameters and transactions succeed', async () => {
    await database.query('CREATE TABLE things (id int)');
    await database.transaction(async (transaction) => {
      await transaction.query(sql`INSERT INTO things VALUES (${1})`);
    });
    expect(await database.query('SELECT id FROM things')).toEqual([{ id: 1 }]);
  });

  test('a session starts with a user and a database only', async () => {
    await withClient({});
    await expect(withClient({ statement_timeout: 1000 })).rejects.toThrow('startup options are refused');
    await expect(withClient({ options: '-c geqo=off' })).rejects.toThrow('startup options are refused');
  });

  test('a password that is not a token is refused, and a token of another user', async () => {
    await expect(withClient({ password: 'guessed' })).rejects.toThrow('no IAM token');
    await expect(withClient({ user: 'somebody' })).rejects.toThrow('no IAM token');
  });

  test.each([
    `SET statement_timeout = '1s'`,
    'LISTEN orders',
    'SELECT pg_advisory_lock(1)',
    `SELECT set_config('geqo', 'off', true)`,
    'CREATE TEMP TABLE mine (id int)',
    'PREPARE one AS SELECT 1',
  ])('%s is refused, since it would pin the session', async (statement) => {
    await expect(database.query(statement)).rejects.toThrow('would pin the session');
  });

  test('a named statement is refused, for the same reason', async () => {
    const named = withClient({}, (client) => client.query({ name: 'one', text: 'SELECT 1' }));
    await expect(named).rejects.toThrow('a named statement');
  });
});
