import type { Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';
import type { Registration } from '../domain/registration.ts';

/** Registrations whose address is not confirmed. */
export type Registrations = {
  add(queryable: Queryable, registration: Registration): Promise<void>;
  byId(queryable: Queryable, id: string, now: Date): Promise<Registration | undefined>;
  /** The newest one that waits for an address, if it belongs to no account. */
  newest(queryable: Queryable, email: string, now: Date): Promise<Registration | undefined>;
  /** Deletes all that wait for an address, with their tokens: it has become an account's, or its owner was erased. */
  deleteAll(queryable: Queryable, email: string): Promise<void>;
  /** Deletes expired ones; returns how many. */
  deleteExpired(queryable: Queryable, now: Date): Promise<number>;
};

type Row = {
  id: string;
  email: string;
  password_hash: string;
  name: string;
  locale: string;
  created_at: Date;
  expires_at: Date;
};

const registrationOf = ([row]: Row[]): Registration | undefined =>
  row && {
    id: row.id,
    contact: { email: row.email, name: row.name, locale: row.locale },
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };

/** See {@link Registrations}. */
export const registrations: Registrations = {
  add: async (queryable, { id, contact: { email, name, locale }, passwordHash, createdAt, expiresAt }) => {
    await queryable.query(
      sql`INSERT INTO registrations (id, email, password_hash, name, locale, created_at, expires_at)
          VALUES (${id}, ${email}, ${passwordHash}, ${name}, ${locale}, ${createdAt}, ${expiresAt})`,
    );
  },
  byId: async (queryable, id, now) =>
    registrationOf(
      await queryable.query<Row>(sql`SELECT * FROM registrations WHERE id = ${id} AND expires_at > ${now}`),
    ),
  newest: async (queryable, email, now) =>
    registrationOf(
      await queryable.query<Row>(
        sql`SELECT * FROM registrations
             WHERE email = ${email} AND expires_at > ${now}
               AND NOT EXISTS (SELECT FROM users u WHERE u.email = ${email})
             ORDER BY created_at DESC LIMIT 1`,
      ),
    ),
  deleteAll: async (queryable, email) => {
    await queryable.query(
      sql`WITH deleted AS (DELETE FROM registrations WHERE email = ${email} RETURNING id)
          DELETE FROM mail_tokens WHERE subject_id IN (SELECT id FROM deleted) AND purpose = 'verify-email'`,
    );
  },
  deleteExpired: async (queryable, now) => {
    const rows = await queryable.query(sql`DELETE FROM registrations WHERE expires_at <= ${now} RETURNING 1`);
    return rows.length;
  },
};
