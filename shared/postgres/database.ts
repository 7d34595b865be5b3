import pg from 'pg';
import { render, Sql } from './sql.ts';
import { trustedAuthorities } from './trust.ts';

/** A statement's parameters; values travel apart from the text. */
export type Parameters = readonly unknown[];

/** What both a database and an open transaction can do. */
export type Queryable = {
  query<Row extends object = Record<string, unknown>>(
    statement: string | Sql,
    parameters?: Parameters,
  ): Promise<Row[]>;
};

/** An open transaction: nothing that it wrote is seen until it commits. */
export type Transaction = Queryable & { readonly inTransaction: true };

/** One PostgreSQL database of one service. */
export type Database = Queryable & {
  /** Runs `work` in one transaction: commits what it did, or nothing if it throws. */
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
  /** `verify-full`: only over TLS, and only to a server whose certificate is for that name. */
  tls: 'off' | 'verify-full';
  /** Authorities to believe beside Node's own, PEM; see `trust.ts`. */
  caFile: string;
  /** Connections at most: one where a process serves one request at a time, some where it serves many. */
  maxConnections: number;
  /**
   * Lets the server keep the plans of {@link Sql} statements, a third of its work on short ones. Not through
   * RDS Proxy: a named statement pins its session (RDS, "Avoiding pinning an RDS Proxy").
   */
  keepPlans: boolean;
};

/** How long to wait for a free or new connection before the request ends in an error. */
const connectTimeoutMs = 5_000;
/** Idle connections are given back: RDS Proxy and PostgreSQL have few. */
const idleTimeoutMs = 30_000;

// A bigint (sequence, cents) is read as a number: all of ours are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens a database lazily: no connection is made before the first statement. */
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
  // An idle connection that the server ends is dropped by the pool; without a listener it would end the process.
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
  { keepPlans }: DatabaseOptions,
  statement: string | Sql,
  given: Parameters = [],
): Promise<Row[]> {
  const query =
    statement instanceof Sql
      ? ofPiece(render(statement), keepPlans)
      : { text: statement, values: [...given] };
  return (await on.query<Row & pg.QueryResultRow>(query)).rows;
}

const ofPiece = ({ text, parameters }: ReturnType<typeof render>, keepPlans: boolean): pg.QueryConfig =>
  keepPlans ? { name: nameOf(text), text, values: parameters } : { text, values: parameters };

/** Texts are ours and few, as values travel apart: one name each for as long as the process lives. */
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
  // A connection that the server ends while it is ours also says so here; unheard, it would end the process.
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
    // A connection that broke or could not roll back is closed, never reused.
    client.release(broken);
  }
}

/** PostgreSQL's SQLSTATE of an error, such as `23505` for a unique violation. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

/** The constraint that an error names. */
export const violatedConstraint = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.constraint : undefined;
