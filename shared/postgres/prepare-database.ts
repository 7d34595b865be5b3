import pg from 'pg';
import { type Database, type Queryable, sqlState } from './database.ts';
import { advisoryLock, type Roles } from './migrate.ts';
import { scramVerifier } from './scram.ts';

/** The database of a service with all its roles. `owner` creates the tables and can do nothing outside this database. */
export type ServiceDatabase = Roles & { database: string; owner: string };

/** The passwords of the roles; without passwords they sign in by IAM (`rds_iam`). */
export type RolePasswords = { owner: string; service: string };

/** Connections of the read-only role on each server: a third of the smallest instance class's limit. */
const readerConnections = 25;

/**
 * Creates a service's database and roles where they are missing, as the server's master user. Passwords are set each
 * time, so that a role follows a changed secret. Names come from settings, never from a request, and are quoted anyway.
 *
 * The master owns the database and the owner its tables. If the owner role owned the database, the master would have to
 * be a member of it, and through it of `rds_iam`: RDS would then refuse the master's password
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/database-authentication.html).
 * @param asMaster connects to a database as the master user
 */
export async function prepareDatabase(
  asMaster: (database: string) => Database,
  { database, owner, role, reader }: ServiceDatabase,
  passwords?: RolePasswords,
): Promise<void> {
  const users = [role, ...(reader === undefined ? [] : [reader])];
  const [server, own] = [asMaster('postgres'), asMaster(database)];
  try {
    await locked(server, async (transaction) => {
      await prepareRole(transaction, owner, passwords?.owner);
      for (const user of users) await prepareUser(transaction, user, passwords?.service);
      if (reader !== undefined)
        await transaction.query(
          `ALTER ROLE ${pg.escapeIdentifier(reader)} CONNECTION LIMIT ${readerConnections}`,
        );
    });
    const existing = await server.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (existing.length === 0) await createDatabase(server, database);
    const everyRole = [owner, ...users].map(pg.escapeIdentifier).join(', ');
    await locked(server, async (transaction) => {
      await transaction.query(`REVOKE CONNECT ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC`);
      await transaction.query(`GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${everyRole}`);
    });
    await locked(own, async (transaction) => {
      await transaction.query(`GRANT USAGE ON SCHEMA public TO ${everyRole}`);
      await transaction.query(`GRANT CREATE ON SCHEMA public TO ${pg.escapeIdentifier(owner)}`);
    });
  } finally {
    await Promise.all([server.end(), own.end()]);
  }
}

/** Runs one at a time on a database: PostgreSQL refuses concurrent changes of the same role or database. */
const locked = (database: Database, work: (transaction: Queryable) => Promise<void>): Promise<void> =>
  database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    await work(transaction);
  });

async function prepareRole(queryable: Queryable, role: string, password: string | undefined): Promise<void> {
  const existing = await queryable.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (existing.length === 0) await queryable.query(`CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN`);
  if (password === undefined) await queryable.query(`GRANT rds_iam TO ${pg.escapeIdentifier(role)}`);
  else
    await queryable.query(
      `ALTER ROLE ${pg.escapeIdentifier(role)} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`,
    );
}

/** Timeouts belong to the role, since RDS Proxy refuses them as startup options and a `SET` pins its session. */
async function prepareUser(queryable: Queryable, role: string, password: string | undefined): Promise<void> {
  await prepareRole(queryable, role, password);
  await queryable.query(`ALTER ROLE ${pg.escapeIdentifier(role)} SET statement_timeout = '8s'`);
  await queryable.query(
    `ALTER ROLE ${pg.escapeIdentifier(role)} SET idle_in_transaction_session_timeout = '15s'`,
  );
}

async function createDatabase(server: Database, database: string): Promise<void> {
  try {
    await server.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  } catch (error) {
    // Another call created it meanwhile: 42P04 duplicate_database, 23505 on the catalogue.
    if (sqlState(error) !== '42P04' && sqlState(error) !== '23505') throw error;
  }
}
