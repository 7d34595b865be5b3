import pg from 'pg';
import type { Database, Queryable } from './database.ts';

/** One forward-only migration; its `name` is the file's, which determines the order. */
export type Migration = { name: string; sql: string };

/** How long a migration may wait for a lock of live traffic, since all later requests wait behind it. */
const lockTimeoutMs = 5_000;

/** An arbitrary number that only migrations and the preparation of databases use. */
export const advisoryLock = 5_734_201;

/** The roles of a database: the service's own, and a read-only one where the service has lists. */
export type Roles = { role: string; reader?: string | undefined };

/**
 * Applies new migrations as their owner in one transaction under an advisory lock, and grants the role access to the
 * tables' rows, not to their definitions. Returns the names of the applied migrations. Migrations of a later release may be present:
 * after a rollback the earlier code uses the later schema, which works because migrations only add.
 * @param timeoutMs statement timeout, shorter than the function's
 * @throws Error if an applied migration is missing among older ones: migrations are only appended
 */
export async function migrate(
  owner: Database,
  { role, reader }: Roles,
  migrations: readonly Migration[],
  timeoutMs = 60_000,
): Promise<string[]> {
  return owner.transaction(async (transaction) => {
    await transaction.query(
      "SELECT set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)",
      [String(timeoutMs)],
    );
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    await transaction.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const rows = await transaction.query<{ name: string }>('SELECT name FROM schema_migrations');
    const applied = new Set(rows.map(({ name }) => name));
    const missing = [...applied].filter((name) => isMissing(name, migrations));
    if (missing.length > 0)
      throw new Error(`applied migrations are missing in this release: ${missing.join(', ')}`);
    await transaction.query("SELECT set_config('lock_timeout', $1, true)", [String(lockTimeoutMs)]);
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const { name, sql } of pending) {
      await transaction.query(sql);
      await transaction.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
    }
    await grantUse(transaction, role);
    if (reader !== undefined) await grantReading(transaction, reader);
    return pending.map(({ name }) => name);
  });
}

/** Whether an applied migration is missing although a later one of its folder exists. */
function isMissing(name: string, migrations: readonly Migration[]): boolean {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const own = migrations.filter((migration) => migration.name.startsWith(folder));
  return !own.some((migration) => migration.name === name) && own.some((migration) => migration.name > name);
}

async function grantUse(queryable: Queryable, role: string): Promise<void> {
  await queryable.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${pg.escapeIdentifier(role)}`,
  );
  await queryable.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${pg.escapeIdentifier(role)}`);
  await queryable.query(`REVOKE ALL ON schema_migrations FROM ${pg.escapeIdentifier(role)}`);
}

async function grantReading(queryable: Queryable, reader: string): Promise<void> {
  await queryable.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${pg.escapeIdentifier(reader)}`);
  await queryable.query(`REVOKE ALL ON schema_migrations FROM ${pg.escapeIdentifier(reader)}`);
}
