import { connect, type DatabaseConfig } from './connect.ts';
import { type Migration, migrate } from './migrate.ts';
import shared from './migrations/0001-outbox-idempotency-handled.sql';
import limits from './migrations/0002-limits.sql';
import erasure from './migrations/0003-erasure.sql';

/** How a migration connects to the server; a service without lists has no reader. */
type OwnerConfig = {
  DATABASE_SERVER_HOST: string;
  DATABASE_OWNER: string;
  DATABASE_OWNER_SECRET_ID: string;
  DATABASE_READER?: string;
};

/** Migrations of every PostgreSQL service. */
export const sharedMigrations: Migration[] = [
  { name: 'shared/0001-outbox-idempotency-handled', sql: shared },
  { name: 'shared/0002-limits', sql: limits },
  { name: 'shared/0003-erasure', sql: erasure },
];

/**
 * Runs a service's `migrate` function: applies shared and own migrations as the owner of the service's tables. The
 * database and its roles exist already (`prepare-database` of the data stack).
 * @param timeoutMs statement timeout
 */
export async function migrateService(
  config: DatabaseConfig & OwnerConfig,
  own: readonly Migration[],
  timeoutMs: number,
): Promise<{ database: string; applied: string[] }> {
  const { DATABASE_NAME: name, DATABASE_USER: role, DATABASE_READER: reader } = config;
  const database = connect({
    ...config,
    DATABASE_HOST: config.DATABASE_SERVER_HOST,
    DATABASE_USER: config.DATABASE_OWNER,
    DATABASE_SECRET_ID: config.DATABASE_OWNER_SECRET_ID,
    AWS_LAMBDA_MAX_CONCURRENCY: 1,
  });
  try {
    const applied = await migrate(database, { role, reader }, [...sharedMigrations, ...own], timeoutMs);
    return { database: name, applied };
  } finally {
    await database.end();
  }
}
