import { parseRoles, type Role } from '#shared/auth/permissions.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';

/** What a session allows now. */
export type SessionAccess = { roles: Role[]; expiresAt: Date; secondFactorAt: Date | undefined };

/**
 * Reads what a session of an account allows; undefined if the session has ended or the account is disabled or erased.
 * One statement by primary keys: it runs for each request that no authorizer cache answers.
 */
export type ReadSessionAccess = (
  session: { sessionId: string; userId: string },
  now: Date,
) => Promise<SessionAccess | undefined>;

type Row = { roles: string[]; expires_at: Date; second_factor_at: Date | null };

/** See {@link ReadSessionAccess}. */
export const sessionAccess =
  (queryable: Queryable): ReadSessionAccess =>
  async ({ sessionId, userId }, now) => {
    const [row] = await queryable.query<Row>(sql`
      SELECT s.expires_at, s.second_factor_at,
             ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = s.user_id) AS roles
        FROM sessions s JOIN users u ON u.id = s.user_id AND u.session_generation = s.generation
       WHERE s.id = ${sessionId} AND s.user_id = ${userId} AND s.expires_at > ${now} AND u.disabled_at IS NULL`);
    return (
      row && {
        roles: parseRoles(row.roles.join(',')),
        expiresAt: row.expires_at,
        secondFactorAt: row.second_factor_at ?? undefined,
      }
    );
  };
