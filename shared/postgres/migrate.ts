import { type Database, type Queryable, sqlState } from './database.ts';

/** One forward-only step; `name` is the file's, which gives the order. */
export type Migration = { name: string; sql: string };

/** Any number that only migrations of this product use. */
const advisoryLock = 5_734_201;

/**
 * Makes the service's role and database where they are missing. The password is set each time, so that the role
 * follows a rotated secret; `null` leaves logging in to IAM (`rds_iam`).
 * Names are ours, from settings, never from a request; they are quoted all the same.
 */
export async function prepareDatabase(
  admin: Database,
  { role, database, password }: { role: string; database: string; password: string | null },
): Promise<void> {
  await admin.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    const known = await transaction.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (known.length === 0) await transaction.query(`CREATE ROLE ${quoted(role)} LOGIN`);
    if (password === null) await transaction.query(`GRANT rds_iam TO ${quoted(role)}`);
    else await transaction.query(`ALTER ROLE ${quoted(role)} PASSWORD ${literal(password)}`);
    await transaction.query(`ALTER ROLE ${quoted(role)} SET statement_timeout = '8s'`);
    await transaction.query(`ALTER ROLE ${quoted(role)} SET idle_in_transaction_session_timeout = '15s'`);
  });
  const exists = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (exists.length === 0) await createDatabase(admin, database);
  await admin.query(`REVOKE CONNECT ON DATABASE ${quoted(database)} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${quoted(database)} TO ${quoted(role)}`);
}

async function createDatabase(admin: Database, database: string): Promise<void> {
  try {
    await admin.query(`CREATE DATABASE ${quoted(database)}`);
  } catch (error) {
    // Another migration made it in between: 42P04 duplicate_database, 23505 on the catalogue.
    if (sqlState(error) !== '42P04' && sqlState(error) !== '23505') throw error;
  }
}

/**
 * Applies what is new, each step in one transaction under a lock that the transaction holds, and lets the role read
 * and write the tables but not change them. Returns the names of the steps applied.
 * @throws Error if a step that was applied is no longer there: history is only added to
 */
export async function migrate(
  owner: Database,
  role: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  return owner.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    await transaction.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const rows = await transaction.query<{ name: string }>('SELECT name FROM schema_migrations');
    const applied = new Set(rows.map(({ name }) => name));
    const missing = [...applied].filter((name) => !migrations.some((migration) => migration.name === name));
    if (missing.length > 0)
      throw new Error(`migrations were applied that this release does not know: ${missing.join(', ')}`);
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const { name, sql } of pending) {
      await transaction.query(sql);
      await transaction.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
    }
    await grantUse(transaction, role);
    return pending.map(({ name }) => name);
  });
}

async function grantUse(queryable: Queryable, role: string): Promise<void> {
  await queryable.query(`GRANT USAGE ON SCHEMA public TO ${quoted(role)}`);
  await queryable.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${quoted(role)}`,
  );
  await queryable.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${quoted(role)}`);
  await queryable.query(`REVOKE ALL ON schema_migrations FROM ${quoted(role)}`);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
