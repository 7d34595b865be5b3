import { connect, type DatabaseConfig, passwordOf } from './connect.ts';
import { type Migration, migrate, prepareDatabase } from './migrate.ts';
import shared from './migrations/0001-outbox-idempotency-handled.sql';

export { migrateContract } from '../contracts/migrate.ts';

/** Steps that every PostgreSQL service has. */
export const sharedMigrations: Migration[] = [
  { name: 'shared/0001-outbox-idempotency-handled', sql: shared },
];

/**
 * The whole of a service's `migrate` function: role, database, shared and own steps. Statements of the superuser
 * run with the admin secret, which only migrate functions may read.
 */
export async function migrateService(
  config: DatabaseConfig & { DATABASE_ADMIN_SECRET_ID: string },
  own: readonly Migration[],
): Promise<{ database: string; applied: string[] }> {
  const adminOf = (database: string) =>
    connect({
      ...config,
      DATABASE_NAME: database,
      DATABASE_USER: 'postgres',
      DATABASE_AUTH: 'password',
      DATABASE_SECRET_ID: config.DATABASE_ADMIN_SECRET_ID,
      AWS_LAMBDA_MAX_CONCURRENCY: 1,
    });
  const server = adminOf('postgres');
  const database = adminOf(config.DATABASE_NAME);
  try {
    const password = config.DATABASE_AUTH === 'iam' ? null : await passwordOf(config.DATABASE_SECRET_ID);
    await prepareDatabase(server, { role: config.DATABASE_USER, database: config.DATABASE_NAME, password });
    const applied = await migrate(database, config.DATABASE_USER, [...sharedMigrations, ...own]);
    return { database: config.DATABASE_NAME, applied };
  } finally {
    await Promise.all([server.end(), database.end()]);
  }
}
