import { recordedAction } from '#shared/audit/recorded-action.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { Cause } from '#shared/events/event.ts';
import { toEntries } from '#shared/outbox/entry.ts';
import type { Database } from '#shared/postgres/database.ts';
import { insertOutboxRows, type Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { endSessions, keepSession } from './session-store.ts';

/** A session as its owner sees it; times of the sign-in and the last refresh. */
export type ActiveSession = {
  id: string;
  device: string;
  clientAddress: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
};

/** The sessions of an account that have not ended. What ends them is recorded in the audit log. */
export type ActiveSessions = {
  /** The newest first; `before` is the id of the last one of the page before. */
  list(userId: string, before: string | undefined, limit: number): Promise<ActiveSession[]>;
  /** Whether the account had this session. */
  revoke(userId: string, sessionId: string, now: Date, cause: Cause): Promise<boolean>;
  revokeOthers(userId: string, currentId: string, now: Date, cause: Cause): Promise<void>;
};

type Row = {
  id: string;
  device: string;
  client_address: string;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
};

/** The condition that a row `s` of an account is a session that has not ended. */
const isActive = (userId: string): Sql =>
  sql`s.user_id = ${userId} AND s.generation = (SELECT session_generation FROM users WHERE id = ${userId})`;

/** See {@link ActiveSessions}. */
export function activeSessions(database: Database, outbox: Outbox): ActiveSessions {
  /** Runs a statement that ends sessions and returns a row if it has; records the action then. */
  const recorded = async (
    ending: Sql,
    action: string,
    userId: string,
    at: Date,
    cause: Cause,
    id?: string,
  ) => {
    const target = { kind: 'account', id: userId };
    const details = id === undefined ? {} : { sessionId: id };
    const event = recordedAction(UserActionRecorded, { action, target, details }, { at });
    const entries = toEntries([event], cause);
    const [row] = await database.query<{ claimed: boolean }>(sql`
      WITH ended AS (${ending}) ${insertOutboxRows(entries, sql`EXISTS (SELECT FROM ended)`)}`);
    if (row !== undefined) await outbox.relay({ entries, claimed: row.claimed });
    return row !== undefined;
  };
  return {
    list: async (userId, before, limit) => {
      const rows = await database.query<Row>(sql`
        SELECT s.id, s.device, s.client_address, s.created_at, s.last_used_at, s.expires_at FROM sessions s
         WHERE ${isActive(userId)} AND (${before ?? null}::uuid IS NULL OR s.id < ${before ?? null}::uuid)
         ORDER BY s.id DESC LIMIT ${limit}`);
      return rows.map(sessionOf);
    },
    revoke: (userId, sessionId, now, cause) => {
      const ending = sql`DELETE FROM sessions s WHERE s.id = ${sessionId} AND ${isActive(userId)} RETURNING id`;
      return recorded(ending, 'session-revoked', userId, now, cause, sessionId);
    },
    revokeOthers: async (userId, currentId, now, cause) => {
      const ending = sql`UPDATE users SET ${endSessions} WHERE id = ${userId} RETURNING id`;
      const kept = sql`${ending}), kept AS (${keepSession(currentId, sql`SELECT id FROM ended`)}`;
      await recorded(kept, 'other-sessions-revoked', userId, now, cause);
    },
  };
}

const sessionOf = (row: Row): ActiveSession => ({
  id: row.id,
  device: row.device,
  clientAddress: row.client_address,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
});
