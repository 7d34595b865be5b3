import { aDatabase } from '../testing/engines.ts';
import { postgres, sqlState } from './database.ts';
import { type Migration, migrate, prepareDatabase } from './migrate.ts';

const at = await aDatabase();
const password = "it's a 'quoted' password";

const connected = (database: string, user: string, secret: string) =>
  postgres({
    host: at.host,
    port: at.port,
    database,
    user,
    password: async () => secret,
    tls: 'off',
    maxConnections: 2,
    prepareStatements: false,
  });
const server = connected('postgres', at.user, at.password);
const as = (user: string, secret: string) => connected(name, user, secret);
/** Applies migrations to the prepared database as its owner. */
const apply = (...migrations: Migration[]) => withOwner((owner) => migrate(owner, { role }, migrations));
const prepare = (secret = password) => prepareDatabase(server, { role, database: name, password: secret });

const steps: Migration[] = [
  {
    name: '1',
    sql: 'CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY, body text); CREATE TABLE a (x int);',
  },
  { name: '2', sql: 'ALTER TABLE notes ADD COLUMN at date' },
];
const third: Migration = { name: '3', sql: 'CREATE TABLE b (x int)' };

/** A role and a database of their own for each test. */
let role: string;
let name: string;
let tests = 0;
beforeEach(() => {
  tests += 1;
  role = `role_${tests}_${at.name}`;
  name = `own_${tests}_${at.name}`;
});
afterEach(async () => {
  await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await server.query(`DROP ROLE IF EXISTS ${role}`);
});
afterAll(() => server.end());

const withOwner = async <T>(work: (owner: ReturnType<typeof as>) => Promise<T>): Promise<T> => {
  const owner = as(at.user, at.password);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
};

describe('migrations', () => {
  test('prepare twice at once: one role, one database', async () => {
    await Promise.all([prepare(), prepare()]);
    await prepare();
    const [{ roles, databases } = {}] = await server.query(
      `SELECT (SELECT count(*)::int FROM pg_roles WHERE rolname = '${role}') AS roles,
              (SELECT count(*)::int FROM pg_database WHERE datname = '${name}') AS databases`,
    );
    expect([roles, databases]).toEqual([1, 1]);
  });

  test('apply what is new, in order, once, though started three times at once', async () => {
    await prepare();
    const first = await Promise.all([1, 2, 3].map(() => apply(...steps)));
    expect(first.filter(({ length }) => length > 0)).toEqual([['1', '2']]);
    expect(await apply(...steps, third)).toEqual(['3']);
  });

  test('let an earlier release in after a later one: a rollback meets the later schema', async () => {
    await prepare();
    await apply(...steps, third);
    expect(await apply(...steps)).toEqual([]);
  });

  test('refuse a release that has lost what was applied', async () => {
    await prepare();
    await apply(...steps, third);
    const rewritten = [...steps.slice(0, 1), { name: '4', sql: 'CREATE TABLE c (x int)' }];
    await expect(apply(...rewritten)).rejects.toThrow('missing in this release: 2, 3');
  });

  test('a step that fails leaves nothing of itself behind', async () => {
    await prepare();
    const broken = { name: '4', sql: 'CREATE TABLE half (x int); SELECT no_such_thing' };
    await expect(apply(...steps, broken)).rejects.toThrow('no_such_thing');
    const found = await withOwner((owner) => owner.query(`SELECT to_regclass('half') AS half`));
    expect(found).toEqual([{ half: null }]);
  });

  test('let the role read and write, and not change the tables or their history', async () => {
    await prepare();
    await apply(...steps);
    const service = as(role, password);
    await service.query(`INSERT INTO notes (body) VALUES ('hello')`);
    expect(await service.query('SELECT body FROM notes')).toEqual([{ body: 'hello' }]);
    const refused = async (text: string) =>
      sqlState(await service.query(text).catch((error: unknown) => error));
    expect(await refused('DROP TABLE notes')).toBe('42501');
    expect(await refused('SELECT * FROM schema_migrations')).toBe('42501');
    expect(await refused('CREATE TABLE mine (x int)')).toBe('42501');
    await service.end();
  });

  test('the role follows a rotated password', async () => {
    await prepare();
    await prepare('another');
    const before = as(role, password);
    await expect(before.query('SELECT 1')).rejects.toThrow('password');
    const after = as(role, 'another');
    await expect(after.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await Promise.all([before.end(), after.end()]);
  });
});
