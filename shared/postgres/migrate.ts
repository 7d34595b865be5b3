import { type Database, type Queryable, sqlState } from './database.ts';
import { scramVerifier } from './scram.ts';

/** One forward-only migration; its `name` is the file's, which determines the order. */
export type Migration = { name: string; sql: string };

/** How long a migration may wait for a lock of live traffic, since all later requests wait behind it. */
const lockTimeoutMs = 5_000;

/** An arbitrary number that only migrations use. */
const advisoryLock = 5_734_201;

/** The roles of a database: the service's own, and a read-only one where the service has lists. */
export type Roles = { role: string; reader?: string | undefined };

/** Connections of the read-only role on each server: a third of the smallest instance class's limit. */
const readerConnections = 25;

/**
 * Creates the service's roles and database where they are missing. The password is set each time, so that a role
 * follows a rotated secret; `null` means IAM authentication (`rds_iam`). Names come from settings, never from a request,
 * and are quoted anyway.
 */
export async function prepareDatabase(
  admin: Database,
  { role, reader, database, password }: Roles & { database: string; password: string | null },
): Promise<void> {
  await admin.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    await prepareRole(transaction, role, password);
    if (reader === undefined) return;
    await prepareRole(transaction, reader, password);
    await transaction.query(`ALTER ROLE ${quoted(reader)} CONNECTION LIMIT ${readerConnections}`);
  });
  const exists = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (exists.length === 0) await createDatabase(admin, database);
  await admin.query(`REVOKE CONNECT ON DATABASE ${quoted(database)} FROM PUBLIC`);
  for (const each of [role, ...(reader === undefined ? [] : [reader])])
    await admin.query(`GRANT CONNECT ON DATABASE ${quoted(database)} TO ${quoted(each)}`);
}

/** Timeouts belong to the role, since RDS Proxy refuses them as startup options and a `SET` pins its session. */
async function prepareRole(queryable: Queryable, role: string, password: string | null): Promise<void> {
  const known = await queryable.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (known.length === 0) await queryable.query(`CREATE ROLE ${quoted(role)} LOGIN`);
  if (password === null) await queryable.query(`GRANT rds_iam TO ${quoted(role)}`);
  else await queryable.query(`ALTER ROLE ${quoted(role)} PASSWORD ${literal(scramVerifier(password))}`);
  await queryable.query(`ALTER ROLE ${quoted(role)} SET statement_timeout = '8s'`);
  await queryable.query(`ALTER ROLE ${quoted(role)} SET idle_in_transaction_session_timeout = '15s'`);
}

async function createDatabase(admin: Database, database: string): Promise<void> {
  try {
    await admin.query(`CREATE DATABASE ${quoted(database)}`);
  } catch (error) {
    // Another migration created it meanwhile: 42P04 duplicate_database, 23505 on the catalogue.
    if (sqlState(error) !== '42P04' && sqlState(error) !== '23505') throw error;
  }
}

/**
 * Applies new migrations in one transaction under an advisory lock, and grants the role access to the tables' rows, not
 * to their definitions. Returns the names of the applied migrations. Migrations of a later release may be present:
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
  await queryable.query(`GRANT USAGE ON SCHEMA public TO ${quoted(role)}`);
  await queryable.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${quoted(role)}`,
  );
  await queryable.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${quoted(role)}`);
  await queryable.query(`REVOKE ALL ON schema_migrations FROM ${quoted(role)}`);
}

async function grantReading(queryable: Queryable, reader: string): Promise<void> {
  await queryable.query(`GRANT USAGE ON SCHEMA public TO ${quoted(reader)}`);
  await queryable.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${quoted(reader)}`);
  await queryable.query(`REVOKE ALL ON schema_migrations FROM ${quoted(reader)}`);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
