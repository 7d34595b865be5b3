import type { Database } from '#shared/postgres/database.ts';
import { lateWrites } from '#shared/postgres/erasure.ts';
import { sql } from '#shared/postgres/sql.ts';

/** Accounts that were erased. */
export type ErasedUsers = {
  /** When an account was erased; undefined if it was not. */
  erasedAt(userId: string): Promise<Date | undefined>;
  /**
   * Deletes responses that were stored for recently erased users while they were being erased, and events about them that
   * were published afterwards. Returns how many.
   */
  deleteLate(): Promise<number>;
};

/** See {@link ErasedUsers}. */
export const erasedUsers = (database: Database): ErasedUsers => ({
  erasedAt: async (userId) => {
    const [row] = await database.query<{ erased_at: Date }>(
      sql`SELECT erased_at FROM erased_users WHERE user_id = ${userId}`,
    );
    return row?.erased_at;
  },
  deleteLate: async () => {
    const rows = await database.query(sql`
      DELETE FROM idempotency_keys k USING erased_users e
       WHERE e.erased_at > clock_timestamp() - ${lateWrites}
         AND (strpos(k.scope, e.user_id::text) > 0 OR strpos(k.response::text, e.user_id::text) > 0) RETURNING 1`);
    const events = await database.query(sql`
      DELETE FROM outbox o USING erased_users e
       WHERE e.erased_at > clock_timestamp() - ${lateWrites} AND o.sent_at IS NOT NULL
         AND o.type <> 'USER_ERASED' AND strpos(o.message, e.user_id::text) > 0 RETURNING 1`);
    return rows.length + events.length;
  },
});
