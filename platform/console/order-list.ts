import pg from 'pg';
import * as z from 'zod';
import type { Deployment } from '../../build/deployment.ts';
import { ROWS } from './live-view.ts';

export type OrderList = {
  byStatus: Record<string, number>;
  rows: {
    id: string;
    number: string;
    status: string;
    totalCents: number;
    currency: string;
    placedAt: string;
    lines: number;
  }[];
};
export type OrderReader = {
  /** Newest first. @throws when the database cannot be reached or holds no orders yet */
  read(): Promise<OrderList>;
  stop(): Promise<void>;
};

const login = z.object({ username: z.string(), password: z.string() });
/** The connection ends by itself so long after the last look. */
const IDLE_MS = 10_000;

// Ids are UUIDv7: the primary key's order is that of placing.
const NEWEST = `
  SELECT id, number, status, total_cents::float8 AS "totalCents", currency, placed_at AS "placedAt",
         (SELECT count(*)::int FROM order_items WHERE order_id = orders.id) AS lines
    FROM orders ORDER BY id DESC LIMIT $1`;
const BY_STATUS = 'SELECT status, count(*)::int AS count FROM orders GROUP BY status';

/**
 * Reads the newest orders from the orders service's database, by that service's own account and in read-only
 * sessions: a look through the API would sign in, and count calls and invocations that the shop did not cause.
 * @returns undefined for a deployment without orders
 */
export function orderReader(
  deployment: Deployment,
  secretValue: (id: string) => string,
): OrderReader | undefined {
  const settings = deployment.functions.find(
    ({ environment }) => environment.DATABASE_NAME === 'orders',
  )?.environment;
  if (settings?.DATABASE_SECRET_ID === undefined) return undefined;
  const { DATABASE_HOST = '127.0.0.1', DATABASE_PORT, DATABASE_SECRET_ID } = settings;
  const open = () => {
    const { username, password } = login.parse(JSON.parse(secretValue(DATABASE_SECRET_ID)));
    const opened = new pg.Pool({
      host: DATABASE_HOST,
      port: Number(DATABASE_PORT),
      database: 'orders',
      user: username,
      password,
      max: 1,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: 2_000,
      statement_timeout: 2_000,
      options: '-c default_transaction_read_only=on',
      application_name: 'live page',
    });
    opened.on('error', () => undefined); // a lost idle connection: the next look opens another
    return opened;
  };
  let pool: pg.Pool | undefined;
  return {
    async read() {
      pool ??= open();
      const [newest, counts] = await Promise.all([
        pool.query<Omit<OrderList['rows'][number], 'placedAt'> & { placedAt: Date }>(NEWEST, [ROWS]),
        pool.query<{ status: string; count: number }>(BY_STATUS),
      ]);
      return {
        byStatus: Object.fromEntries(counts.rows.map(({ status, count }) => [status, count])),
        rows: newest.rows.map((row) => ({ ...row, placedAt: row.placedAt.toISOString() })),
      };
    },
    async stop() {
      await pool?.end();
    },
  };
}
