import { randomUUID } from 'node:crypto';
import { aDatabase } from '../testing/engines.ts';
import { connected } from '../testing/postgres.ts';
import { prepareDatabase } from './prepare-database.ts';

const at = await aDatabase();
const database = `own_${at.name}`;
const [owner, role, reader] = ['owner', 'role', 'reader'].map((kind) => `${kind}_${at.name}`) as [
  string,
  string,
  string,
];
const master = `master_${at.name}`;
const masterPassword = randomUUID();
const passwords = { owner: "the owner's 'password'", service: "the service's \\ password" };

const server = connected({ ...at, name: 'postgres' });
// As on RDS: creates roles and databases, and is no superuser; may give others the role of IAM sign-in.
await server.query(`CREATE ROLE ${master} LOGIN CREATEROLE CREATEDB PASSWORD '${masterPassword}'`);
const asMaster = (name: string) => connected({ ...at, name, user: master, password: masterPassword });
const prepare = (given?: typeof passwords) =>
  prepareDatabase(asMaster, { database, owner, role, reader }, given);
const one = async (statement: string) => (await server.query<{ value: unknown }>(statement))[0]?.value;
/** Whether a role signs in to the database with a password. */
async function opens(user: string, password: string): Promise<boolean> {
  const connection = connected({ ...at, name: database, user, password });
  try {
    await connection.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await connection.end();
  }
}

beforeEach(() => prepare(passwords));
afterEach(async () => {
  await server.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await server.query(`DROP ROLE ${owner}, ${role}, ${reader}`);
});
afterAll(async () => {
  await server.query(`DROP ROLE ${master}`);
  await server.end();
});

describe("a service's database", () => {
  test('is prepared once, though twice at once and again', async () => {
    await Promise.all([prepare(passwords), prepare(passwords)]);
    expect(await one(`SELECT count(*)::int AS value FROM pg_database WHERE datname = '${database}'`)).toBe(1);
    const names = `'${owner}', '${role}', '${reader}'`;
    expect(await one(`SELECT count(*)::int AS value FROM pg_roles WHERE rolname IN (${names})`)).toBe(3);
  });

  test('is prepared by two calls at once where nothing exists', async () => {
    await server.query(`DROP DATABASE ${database}`);
    await Promise.all([prepare(passwords), prepare(passwords)]);
    expect(await opens(role, passwords.service)).toBe(true);
  });

  test('admits its roles with their own passwords only', async () => {
    expect(await opens(owner, passwords.owner)).toBe(true);
    expect(await opens(role, passwords.service)).toBe(true);
    expect(await opens(reader, passwords.service)).toBe(true);
    expect(await opens(owner, passwords.service)).toBe(false);
    expect(await opens(role, passwords.owner)).toBe(false);
  });

  test('follows changed secrets', async () => {
    await prepare({ owner: 'another', service: 'yet another' });
    expect([await opens(owner, passwords.owner), await opens(role, passwords.service)]).toEqual([
      false,
      false,
    ]);
    expect([await opens(owner, 'another'), await opens(role, 'yet another')]).toEqual([true, true]);
  });

  test('never makes the master a member of its roles, which would end its sign-in by password on RDS', async () => {
    const membership = (of: string) => one(`SELECT pg_has_role('${master}', '${of}', 'MEMBER') AS value`);
    expect([await membership(owner), await membership(role), await membership(reader)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('where roles sign in by IAM', () => {
  let created = false;
  beforeAll(async () => {
    created = (await one("SELECT count(*)::int AS value FROM pg_roles WHERE rolname = 'rds_iam'")) === 0;
    if (created) await server.query('CREATE ROLE rds_iam'); // exists on RDS
  });
  afterAll(async () => {
    if (created) await server.query('DROP ROLE rds_iam');
  });

  test('every role is a member of rds_iam, and the master is none', async () => {
    await prepare();
    const names = [owner, role, reader, master];
    const members = await Promise.all(
      names.map((name) => one(`SELECT pg_has_role('${name}', 'rds_iam', 'MEMBER') AS value`)),
    );
    expect(members).toEqual([true, true, true, false]);
  });
});
