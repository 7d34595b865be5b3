import type { Database } from '#shared/postgres/database.ts';
import { lateWrites } from '#shared/postgres/erasure.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { ExportingService } from '#shared/privacy/data-export.ts';
import type { DataExport } from '../domain/person.ts';

/** An export as it is stored; `missing` lists who did not contribute in time. */
export type StoredExport = DataExport & { completedAt?: Date; missing: ExportingService[] };

/** Requested exports; the person store writes them, with their event. */
export type DataExportStore = {
  /** The export of this user with this id, unless it has expired. */
  find(userId: string, id: string, now: Date): Promise<StoredExport | undefined>;
  /** The export of a user that is being collected, if there is one. */
  collectingOf(userId: string): Promise<StoredExport | undefined>;
  /** Exports that are being collected, oldest first, at most `limit`. */
  collecting(limit: number): Promise<StoredExport[]>;
  complete(id: string, now: Date, missing: readonly ExportingService[]): Promise<void>;
  /** Exports whose files have to be deleted: those that have expired, and those of erased users. */
  obsolete(now: Date, limit: number): Promise<string[]>;
  /** Deletes the records of obsolete exports to which no service contributes any more. */
  deleteObsolete(ids: readonly string[], now: Date): Promise<void>;
};

type Row = {
  id: string;
  user_id: string;
  requested_at: Date;
  deadline: Date;
  expires_at: Date;
  completed_at: Date | null;
  missing: ExportingService[];
};

const exportOf = (row: Row): StoredExport => ({
  id: row.id,
  userId: row.user_id,
  requestedAt: row.requested_at,
  deadline: row.deadline,
  expiresAt: row.expires_at,
  ...(row.completed_at === null ? {} : { completedAt: row.completed_at }),
  missing: row.missing,
});

/** See {@link DataExportStore}. */
export function dataExportStore(database: Database): DataExportStore {
  const select = async (condition: Sql): Promise<StoredExport[]> => {
    const rows = await database.query<Row>(
      sql`SELECT id, user_id, requested_at, deadline, expires_at, completed_at, missing FROM data_exports WHERE ${condition}`,
    );
    return rows.map(exportOf);
  };
  return {
    find: async (userId, id, now) =>
      (await select(sql`id = ${id} AND user_id = ${userId} AND expires_at > ${now}`))[0],
    collectingOf: async (userId) =>
      (await select(sql`user_id = ${userId} AND completed_at IS NULL ORDER BY requested_at LIMIT 1`))[0],
    collecting: (limit) =>
      select(sql`completed_at IS NULL AND user_id NOT IN (SELECT user_id FROM erased_users)
                 ORDER BY requested_at LIMIT ${limit}`),
    complete: async (id, now, missing) => {
      await database.query(
        sql`UPDATE data_exports SET completed_at = ${now}, missing = ${missing}::text[] WHERE id = ${id}`,
      );
    },
    obsolete: async (now, limit) => {
      const rows = await database.query<{ id: string }>(sql`
        SELECT id FROM data_exports
         WHERE expires_at <= ${now} OR user_id IN (SELECT user_id FROM erased_users)
         ORDER BY requested_at LIMIT ${limit}`);
      return rows.map(({ id }) => id);
    },
    // A service may still be writing its part: the files are deleted once more after that.
    deleteObsolete: async (ids, now) => {
      await database.query(sql`
        DELETE FROM data_exports WHERE id = ANY(${ids}::uuid[]) AND requested_at < ${now}::timestamptz - ${lateWrites}`);
    },
  };
}
