import { type Database, postgres } from '../postgres/database.ts';
import { type Migration, migrate } from '../postgres/migrate.ts';
import { sharedMigrations } from '../postgres/migrate-service.ts';
import { prepareDatabase, type RolePasswords, type ServiceDatabase } from '../postgres/prepare-database.ts';
import { aDatabase, type TestDatabase } from './engines.ts';

/** Connects to a database of the test server; the caller ends the connection. */
export const connected = (
  { host, port, name, user, password }: Omit<TestDatabase, 'url'>,
  maxConnections = 1,
): Database =>
  postgres({
    host,
    port,
    database: name,
    user,
    password: async () => password,
    tls: 'off',
    maxConnections,
    prepareStatements: true,
  });

/** Opens a test's database as its superuser, closed after the file. */
export function opened(at: TestDatabase, maxConnections = 10): Database {
  const database = connected(at, maxConnections);
  afterAll(() => database.end());
  return database;
}

/** Creates a service's database and roles as the test server's superuser, and drops them after the file. */
export async function prepared(
  at: TestDatabase,
  service: ServiceDatabase,
  passwords?: RolePasswords,
): Promise<void> {
  const { database, owner, role, reader } = service;
  await prepareDatabase((name) => connected({ ...at, name }), service, passwords);
  afterAll(async () => {
    const server = connected({ ...at, name: 'postgres' });
    await server.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await server.query(`DROP ROLE ${[owner, role, ...(reader ? [reader] : [])].join(', ')}`);
    await server.end();
  });
}

/** A new database with the shared tables and a service's own. */
export async function aMigratedDatabase(
  ...own: Migration[]
): Promise<{ at: TestDatabase; database: Database }> {
  const at = await aDatabase();
  const database = opened(at);
  await migrate(database, { role: at.user }, [...sharedMigrations, ...own]);
  return { at, database };
}
