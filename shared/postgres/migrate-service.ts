import { connect, credentialsOf, type DatabaseConfig, passwordOf } from './connect.ts';
import { type Migration, migrate, prepareDatabase } from './migrate.ts';
import shared from './migrations/0001-outbox-idempotency-handled.sql';
import limits from './migrations/0002-limits.sql';
import erasure from './migrations/0003-erasure.sql';

/** How a migration connects to the server; a service without lists has no reader. */
type AdminConfig = {
  DATABASE_ADMIN_HOST: string;
  DATABASE_ADMIN_SECRET_ID: string;
  DATABASE_READER?: string;
};

/** Migrations of every PostgreSQL service. */
export const sharedMigrations: Migration[] = [
  { name: 'shared/0001-outbox-idempotency-handled', sql: shared },
  { name: 'shared/0002-limits', sql: limits },
  { name: 'shared/0003-erasure', sql: erasure },
];

/**
 * Runs a service's `migrate` function: creates roles and database, and applies shared and own migrations, as the
 * server's master user, whose secret only migrate functions may read.
 * @param timeoutMs statement timeout
 */
export async function migrateService(
  config: DatabaseConfig & AdminConfig,
  own: readonly Migration[],
  timeoutMs: number,
): Promise<{ database: string; applied: string[] }> {
  const { username } = await credentialsOf(config.DATABASE_ADMIN_SECRET_ID);
  const adminOf = (database: string) =>
    connect({
      ...config,
      DATABASE_HOST: config.DATABASE_ADMIN_HOST,
      DATABASE_NAME: database,
      DATABASE_USER: username,
      DATABASE_AUTH: 'password',
      DATABASE_SECRET_ID: config.DATABASE_ADMIN_SECRET_ID,
      AWS_LAMBDA_MAX_CONCURRENCY: 1,
    });
  const server = adminOf('postgres');
  const database = adminOf(config.DATABASE_NAME);
  try {
    const password = config.DATABASE_AUTH === 'iam' ? null : await passwordOf(config.DATABASE_SECRET_ID);
    const { DATABASE_USER: role, DATABASE_READER: reader } = config;
    await prepareDatabase(server, { role, reader, database: config.DATABASE_NAME, password });
    const applied = await migrate(database, { role, reader }, [...sharedMigrations, ...own], timeoutMs);
    return { database: config.DATABASE_NAME, applied };
  } finally {
    await Promise.all([server.end(), database.end()]);
  }
}
