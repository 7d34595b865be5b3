import { type Database, postgres } from '../postgres/database.ts';
import { type Migration, migrate } from '../postgres/migrate.ts';
import { sharedMigrations } from '../postgres/migrate-service.ts';
import { aDatabase, type TestDatabase } from './engines.ts';

/** Opens a test's database as its superuser, closed after the file. */
export function opened({ host, port, name, user, password }: TestDatabase, maxConnections = 10): Database {
  const database = postgres({
    host,
    port,
    database: name,
    user,
    password: async () => password,
    tls: 'off',
    maxConnections,
    prepareStatements: true,
  });
  afterAll(() => database.end());
  return database;
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
