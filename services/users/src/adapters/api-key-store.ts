import { recordedAction } from '#shared/audit/recorded-action.ts';
import { type Permission, parsePermissions, parseRoles } from '#shared/auth/permissions.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { Cause } from '#shared/events/event.ts';
import { toEntries } from '#shared/outbox/entry.ts';
import type { Database } from '#shared/postgres/database.ts';
import { insertOutboxRows, type Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { type ApiKey, effectivePermissions, keepExpiredMs } from '../domain/api-key.ts';

/** The keys by which programs call the API. Creating and revoking one is recorded in the audit log. */
export type ApiKeyStore = {
  /** Whether it was stored: not if the account of its creator was disabled or erased. */
  create(key: ApiKey, secretHash: Buffer, cause: Cause): Promise<boolean>;
  /** The newest first; `before` is the id of the last one of the page before. */
  list(before: string | undefined, limit: number): Promise<ApiKey[]>;
  /** Whether there was such a key. */
  revoke(id: string, now: Date, cause: Cause): Promise<boolean>;
  /** Deletes keys that expired long ago; returns how many. */
  deleteExpired(now: Date): Promise<number>;
};

/** What a key allows now; undefined if it is unknown, expired or revoked, or its creator may not sign in. */
export type ReadKeyAccess = (
  key: { id: string; secretHash: Buffer },
  now: Date,
) => Promise<{ permissions: Set<Permission>; expiresAt: Date } | undefined>;

type Row = {
  id: string;
  name: string;
  permissions: string[];
  created_by: string;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
};

/** See {@link ApiKeyStore}. */
export function apiKeyStore(database: Database, outbox: Outbox): ApiKeyStore {
  /** Runs a statement that returns the id of the key it writes, and records the action if it has written one. */
  const recorded = async (write: Sql, action: string, id: string, at: Date, cause: Cause, details = {}) => {
    const target = { kind: 'api-key', id };
    const entries = toEntries(
      [recordedAction(UserActionRecorded, { action, target, details }, { at })],
      cause,
    );
    const [row] = await database.query<{ claimed: boolean }>(sql`
      WITH written AS (${write}) ${insertOutboxRows(entries, sql`EXISTS (SELECT FROM written)`)}`);
    if (row !== undefined) await outbox.relay({ entries, claimed: row.claimed });
    return row !== undefined;
  };
  return {
    create: (key, secretHash, cause) => {
      const { id, name, permissions, createdBy, createdAt, expiresAt } = key;
      const insert = sql`
        INSERT INTO api_keys (id, name, secret_hash, permissions, created_by, created_at, expires_at)
        SELECT ${id}::uuid, ${name}::text, ${secretHash}::bytea, ${permissions}::text[], u.id,
               ${createdAt}::timestamptz, ${expiresAt}::timestamptz
          FROM users u WHERE u.id = ${createdBy} AND u.disabled_at IS NULL RETURNING id`;
      const details = { permissions: permissions.join(',') };
      return recorded(insert, 'create-api-key', id, createdAt, cause, details);
    },
    list: async (before, limit) => {
      const rows = await database.query<Row>(sql`
        SELECT id, name, permissions, created_by, created_at, expires_at, last_used_at FROM api_keys
         WHERE ${before ?? null}::uuid IS NULL OR id < ${before ?? null}::uuid ORDER BY id DESC LIMIT ${limit}`);
      return rows.map(keyOf);
    },
    revoke: (id, now, cause) =>
      recorded(sql`DELETE FROM api_keys WHERE id = ${id} RETURNING id`, 'revoke-api-key', id, now, cause),
    deleteExpired: async (now) => {
      const before = new Date(now.getTime() - keepExpiredMs);
      return (await database.query(sql`DELETE FROM api_keys WHERE expires_at < ${before} RETURNING 1`))
        .length;
    },
  };
}

const keyOf = (row: Row): ApiKey => ({
  id: row.id,
  name: row.name,
  permissions: [...parsePermissions(row.permissions.join(','))],
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
});

/** The last use is written at most once a minute: enough to find keys that nobody uses. */
const lastUseMs = 60_000;

/** See {@link ReadKeyAccess}. One statement: it runs for each request that no authorizer cache answers. */
export const keyAccess =
  (database: Database): ReadKeyAccess =>
  async ({ id, secretHash }, now) => {
    const written = new Date(now.getTime() - lastUseMs);
    const [row] = await database.query<{ permissions: string[]; expires_at: Date; roles: string[] }>(sql`
      WITH found AS (
        SELECT k.* FROM api_keys k JOIN users u ON u.id = k.created_by AND u.disabled_at IS NULL
         WHERE k.id = ${id} AND k.secret_hash = ${secretHash} AND k.expires_at > ${now}),
      used AS (
        UPDATE api_keys k SET last_used_at = ${now} FROM found
         WHERE k.id = found.id AND (k.last_used_at IS NULL OR k.last_used_at <= ${written}))
      SELECT permissions, expires_at,
             ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = found.created_by) AS roles FROM found`);
    return (
      row && {
        permissions: effectivePermissions(row.permissions, parseRoles(row.roles.join(','))),
        expiresAt: row.expires_at,
      }
    );
  };
