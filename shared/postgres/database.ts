import pg from 'pg';
import { render, Sql } from './sql.ts';
import { trustedAuthorities } from './trust.ts';

/** A statement's parameters, sent separately from its text. */
export type Parameters = readonly unknown[];

/** What a database and an open transaction have in common. */
export type Queryable = {
  query<Row extends object = Record<string, unknown>>(
    statement: string | Sql,
    parameters?: Parameters,
  ): Promise<Row[]>;
};

/** An open transaction: its writes are invisible to others until it commits. */
export type Transaction = Queryable & { readonly inTransaction: true };

/** One PostgreSQL database of one service. */
export type Database = Queryable & {
  /** Runs `work` in one transaction, which is rolled back if it throws. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  end(): Promise<void>;
};

export type DatabaseOptions = {
  host: string;
  port: number;
  database: string;
  user: string;
  /** Called for each new connection, so that a rotated password or a fresh IAM token is picked up. */
  password: () => Promise<string>;
  /** `verify-full`: only over TLS, to a server whose certificate matches its name. */
  tls: 'off' | 'verify-full';
  /** Certificate authorities trusted besides Node's own, PEM; see `trust.ts`. */
  caFile?: string | undefined;
  /** One where a process serves one request at a time, some where it serves several. */
  maxConnections: number;
  /**
   * Prepares {@link Sql} statements, which saves a third of the server's work on short ones. Not through RDS Proxy,
   * where a named statement pins its session (RDS, "Avoiding pinning an RDS Proxy").
   */
  prepareStatements: boolean;
};

/** How long to wait for a free or new connection before a request fails. */
const connectTimeoutMs = 5_000;
/** Idle connections are closed, since RDS Proxy and PostgreSQL have few. */
const idleTimeoutMs = 30_000;

// Read bigint (sequence, cents) as a number: all values are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens a database lazily: it connects at the first statement. */
export function postgres(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.user,
    password: options.password,
    ssl: options.tls === 'off' ? false : verified(options),
    max: options.maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    allowExitOnIdle: true,
  });
  // The pool drops an idle connection that the server closes; without a listener the error would end the process.
  pool.on('error', () => {});
  return {
    query: (statement, parameters) => run(pool, options, statement, parameters),
    transaction: (work) => inTransaction(pool, options, work),
    end: () => pool.end(),
  };
}

const verified = ({ caFile }: DatabaseOptions) => ({
  rejectUnauthorized: true,
  secureContext: trustedAuthorities(caFile),
});

async function run<Row extends object>(
  on: pg.Pool | pg.ClientBase,
  { prepareStatements }: DatabaseOptions,
  statement: string | Sql,
  given: Parameters = [],
): Promise<Row[]> {
  const query =
    statement instanceof Sql
      ? queryOf(render(statement), prepareStatements)
      : { text: statement, values: [...given] };
  return (await on.query<Row & pg.QueryResultRow>(query)).rows;
}

const queryOf = (
  { text, parameters }: ReturnType<typeof render>,
  prepareStatements: boolean,
): pg.QueryConfig =>
  prepareStatements ? { name: nameOf(text), text, values: parameters } : { text, values: parameters };

/** Names of prepared statements by text: few, since values are separate. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}

async function inTransaction<T>(
  pool: pg.Pool,
  options: DatabaseOptions,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The server may close the connection meanwhile; without a listener the error would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work({
      inTransaction: true,
      query: (statement, parameters) => run(client, options, statement, parameters),
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onError);
    // A broken connection, or one that could not roll back, is closed instead of reused.
    client.release(broken);
  }
}

/** PostgreSQL's SQLSTATE of an error, such as `23505` for a unique violation. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

/** The constraint that an error names. */
export const violatedConstraint = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.constraint : undefined;
