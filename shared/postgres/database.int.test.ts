import { aDatabase } from '../testing/engines.ts';
import { eventually } from '../testing/eventually.ts';
import { opened } from '../testing/postgres.ts';
import { postgres, sqlState, violatedConstraint } from './database.ts';
import { sql } from './sql.ts';

const at = await aDatabase();
const database = opened(at);
const other = opened(at);
const single = opened(at, 1);
await database.query('CREATE TABLE things (id int CONSTRAINT things_pk PRIMARY KEY, cents bigint)');
beforeEach(() => database.query('TRUNCATE things'));

const ids = async () =>
  (await database.query<{ id: number }>('SELECT id FROM things ORDER BY id')).map(({ id }) => id);

describe('a database', () => {
  test('accepts text with parameters, and pieces with their values', async () => {
    await database.query('INSERT INTO things VALUES ($1, $2)', [1, 20]);
    await database.query(sql`INSERT INTO things VALUES (${2}, ${30})`);
    expect(await ids()).toEqual([1, 2]);
  });

  test('reads a bigint as a number', async () => {
    expect(await database.query(sql`SELECT ${9_007_199_254_740_991}::bigint AS cents`)).toEqual([
      { cents: 9_007_199_254_740_991 },
    ]);
  });

  test('commits a transaction as a whole', async () => {
    const result = await database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO things VALUES (1), (2)');
      expect(await ids()).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await ids()).toEqual([1, 2]);
  });

  test('rolls back a transaction that throws, and rethrows its error', async () => {
    const failure = new Error('changed my mind');
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query('INSERT INTO things VALUES (1)');
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await ids()).toEqual([]);
  });

  test('names the state and the constraint of a refusal', async () => {
    const refusal = await database
      .query('INSERT INTO things VALUES (1), (1)')
      .catch((error: unknown) => error);
    expect([sqlState(refusal), violatedConstraint(refusal)]).toEqual(['23505', 'things_pk']);
    expect(sqlState(new Error('another'))).toBeUndefined();
  });

  test('continues after the server closed its connections', async () => {
    await database.query('SELECT 1');
    await other.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    // One that was ended while idle may be noticed by its next use only.
    expect(await eventually(() => database.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  test('a connection that breaks within a transaction is not used again', async () => {
    await expect(
      single.transaction((transaction) => transaction.query('SELECT pg_terminate_backend(pg_backend_pid())')),
    ).rejects.toThrow();
    await expect(single.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  test('reads the password for each new connection', async () => {
    const asked: string[] = [];
    const { host, port, name, user, password } = at;
    const lazily = postgres({
      host,
      port,
      database: name,
      user,
      password: async () => {
        asked.push(user);
        return password;
      },
      tls: 'off',
      maxConnections: 2,
      prepareStatements: false,
    });
    expect(asked).toHaveLength(0);
    await Promise.all([lazily.query('SELECT pg_sleep(0)'), lazily.query('SELECT pg_sleep(0)')]);
    expect(asked).toHaveLength(2);
    await lazily.end();
  });
});
