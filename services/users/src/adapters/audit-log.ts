import type { Database, Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';
import {
  type AuditEntry,
  type ChainHead,
  type ChainLink,
  chainStart,
  linkAfter,
} from '../domain/audit-chain.ts';

/** Which entries a list shows; times are ISO 8601 UTC, `until` is exclusive. */
export type AuditFilter = {
  actorId?: string | undefined;
  targetId?: string | undefined;
  action?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  /** Entries before this number. */
  before?: number | undefined;
};

/** An entry with its number in the chain. */
export type NumberedEntry = AuditEntry & { number: number };

/** The append-only log of what was done in all services. */
export type AuditLog = {
  /** Adds an entry behind the last one, once per event; returns the new head, or undefined for a known event. */
  append(entry: AuditEntry): Promise<ChainHead | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: AuditFilter, limit: number): Promise<NumberedEntry[]>;
  /** The links after a number, in order, at most `limit`. */
  linksAfter(number: number, limit: number): Promise<ChainLink[]>;
};

/** Any number that only appends to the audit log use: one at a time, since each contains the hash of the one before. */
const advisoryLock = 5_734_203;

type LinkRow = { number: number; content: string; previous_hash: Buffer; hash: Buffer };

/** See {@link AuditLog}. */
export const auditLog = (database: Database): AuditLog => ({
  append: (entry) =>
    database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
      const link = linkAfter(await headOf(transaction), entry);
      const rows = await transaction.query(sql`
        INSERT INTO audit_entries (number, event_id, content, hash, previous_hash)
        VALUES (${link.number}, ${entry.eventId}, ${link.content}, ${Buffer.from(link.hash, 'hex')},
                ${Buffer.from(link.previousHash, 'hex')})
        ON CONFLICT (event_id) DO NOTHING RETURNING 1`);
      return rows.length === 0 ? undefined : { number: link.number, hash: link.hash };
    }),
  list: async ({ actorId, targetId, action, since, until, before }, limit) => {
    const rows = await database.query<{ number: number; content: string }>(sql`
      SELECT number, content FROM audit_entries WHERE true
        ${actorId === undefined ? sql`` : sql`AND actor_id = ${actorId}`}
        ${targetId === undefined ? sql`` : sql`AND target_id = ${targetId}`}
        ${action === undefined ? sql`` : sql`AND action = ${action}`}
        ${since === undefined ? sql`` : sql`AND occurred_at >= ${since}`}
        ${until === undefined ? sql`` : sql`AND occurred_at < ${until}`}
        ${before === undefined ? sql`` : sql`AND number < ${before}`}
       ORDER BY number DESC LIMIT ${limit}`);
    return rows.map(({ number, content }) => ({ ...(JSON.parse(content) as AuditEntry), number }));
  },
  linksAfter: async (number, limit) => {
    const rows = await database.query<LinkRow>(
      sql`SELECT number, content, previous_hash, hash FROM audit_entries
           WHERE number > ${number} ORDER BY number LIMIT ${limit}`,
    );
    return rows.map(({ previous_hash, hash, ...row }) => ({
      ...row,
      previousHash: previous_hash.toString('hex'),
      hash: hash.toString('hex'),
    }));
  },
});

async function headOf(queryable: Queryable): Promise<ChainHead> {
  const [row] = await queryable.query<{ number: number; hash: Buffer }>(
    'SELECT number, hash FROM audit_entries ORDER BY number DESC LIMIT 1',
  );
  return row === undefined ? chainStart : { number: row.number, hash: row.hash.toString('hex') };
}
