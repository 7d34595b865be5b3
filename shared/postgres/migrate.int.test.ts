import { aDatabase } from '../testing/engines.ts';
import { connected } from '../testing/postgres.ts';
import { sqlState } from './database.ts';
import { type Migration, migrate } from './migrate.ts';
import { prepareDatabase } from './prepare-database.ts';

const at = await aDatabase();
const password = 'of both roles';
const server = connected({ ...at, name: 'postgres' });
const as = (user: string) => connected({ ...at, name, user, password }, 2);
/** Applies migrations to the prepared database as the owner of its tables. */
const apply = (...migrations: Migration[]) =>
  withOwner((database) => migrate(database, { role }, migrations));

const steps: Migration[] = [
  {
    name: '1',
    sql: 'CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY, body text); CREATE TABLE a (x int);',
  },
  { name: '2', sql: 'ALTER TABLE notes ADD COLUMN at date' },
];
const third: Migration = { name: '3', sql: 'CREATE TABLE b (x int)' };

/** A database with roles of its own for each test. */
let role: string;
let owner: string;
let name: string;
let tests = 0;
beforeEach(async () => {
  tests += 1;
  role = `role_${tests}_${at.name}`;
  owner = `owner_${tests}_${at.name}`;
  name = `own_${tests}_${at.name}`;
  await prepareDatabase(
    (database) => connected({ ...at, name: database }),
    { database: name, owner, role },
    { owner: password, service: password },
  );
});
afterEach(async () => {
  await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await server.query(`DROP ROLE IF EXISTS ${role}, ${owner}`);
});
afterAll(() => server.end());

const withOwner = async <T>(work: (database: ReturnType<typeof as>) => Promise<T>): Promise<T> => {
  const database = as(owner);
  try {
    return await work(database);
  } finally {
    await database.end();
  }
};

describe('migrations', () => {
  test('apply what is new, in order, once, though started three times at once', async () => {
    const first = await Promise.all([1, 2, 3].map(() => apply(...steps)));
    expect(first.filter(({ length }) => length > 0)).toEqual([['1', '2']]);
    expect(await apply(...steps, third)).toEqual(['3']);
  });

  test('let an earlier release in after a later one: a rollback meets the later schema', async () => {
    await apply(...steps, third);
    expect(await apply(...steps)).toEqual([]);
  });

  test('refuse a release that has lost what was applied', async () => {
    await apply(...steps, third);
    const rewritten = [...steps.slice(0, 1), { name: '4', sql: 'CREATE TABLE c (x int)' }];
    await expect(apply(...rewritten)).rejects.toThrow('missing in this release: 2, 3');
  });

  test('a step that fails leaves nothing of itself behind', async () => {
    const broken = { name: '4', sql: 'CREATE TABLE half (x int); SELECT no_such_thing' };
    await expect(apply(...steps, broken)).rejects.toThrow('no_such_thing');
    const found = await withOwner((database) => database.query(`SELECT to_regclass('half') AS half`));
    expect(found).toEqual([{ half: null }]);
  });

  test('let the role read and write, and not change the tables or their history', async () => {
    await apply(...steps);
    const service = as(role);
    await service.query(`INSERT INTO notes (body) VALUES ('hello')`);
    expect(await service.query('SELECT body FROM notes')).toEqual([{ body: 'hello' }]);
    const refused = async (text: string) =>
      sqlState(await service.query(text).catch((error: unknown) => error));
    expect(await refused('DROP TABLE notes')).toBe('42501');
    expect(await refused('SELECT * FROM schema_migrations')).toBe('42501');
    expect(await refused('CREATE TABLE mine (x int)')).toBe('42501');
    await service.end();
  });
});
