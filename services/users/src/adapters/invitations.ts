import { parseRoles, type Role } from '#shared/auth/permissions.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';

/** An invitation to work for the shop with roles, which has not been accepted. */
export type Invitation = {
  id: string;
  email: string;
  roles: Role[];
  /** The account or API key that invited. */
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
};

/** The invitations that wait. */
export type Invitations = {
  /** Stores an invitation, instead of one that waits for the same address; returns it as it is stored. */
  add(queryable: Queryable, invitation: Invitation): Promise<Invitation>;
  /** Newest first; `before` is the id of the last one of the page before. */
  list(queryable: Queryable, before: string | undefined, limit: number, now: Date): Promise<Invitation[]>;
  /** Deletes one with its token and returns it: it is accepted, or withdrawn. */
  take(queryable: Queryable, id: string, now: Date): Promise<Invitation | undefined>;
  /** Deletes expired ones; returns how many. */
  deleteExpired(queryable: Queryable, now: Date): Promise<number>;
};

type Row = {
  id: string;
  email: string;
  roles: string[];
  invited_by: string;
  created_at: Date;
  expires_at: Date;
};

const invitationOf = (row: Row): Invitation => ({
  id: row.id,
  email: row.email,
  roles: parseRoles(row.roles.join(',')),
  invitedBy: row.invited_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** The statement that deletes what an account has invited; `account` is a query for its id. */
export const withdrawInvitationsOf = (account: Sql): Sql =>
  sql`DELETE FROM invitations WHERE invited_by = (${account})`;

/** See {@link Invitations}. */
export const invitations: Invitations = {
  add: async (queryable, { id, email, roles, invitedBy, createdAt, expiresAt }) => {
    const [row] = await queryable.query<Row>(sql`
      INSERT INTO invitations (id, email, roles, invited_by, created_at, expires_at)
      VALUES (${id}, ${email}, ${roles}, ${invitedBy}, ${createdAt}, ${expiresAt})
      ON CONFLICT ON CONSTRAINT invitations_one_per_address DO UPDATE
        SET roles = excluded.roles, invited_by = excluded.invited_by, created_at = excluded.created_at,
            expires_at = excluded.expires_at
      RETURNING *`);
    if (row === undefined) throw new Error('an upsert returns its row');
    return invitationOf(row);
  },
  list: async (queryable, before, limit, now) => {
    const older = before === undefined ? sql`true` : sql`id < ${before}`;
    const rows = await queryable.query<Row>(
      sql`SELECT * FROM invitations WHERE expires_at > ${now} AND ${older} ORDER BY id DESC LIMIT ${limit}`,
    );
    return rows.map(invitationOf);
  },
  take: async (queryable, id, now) => {
    const [row] = await queryable.query<Row>(sql`
      WITH taken AS (DELETE FROM invitations WHERE id = ${id} AND expires_at > ${now} RETURNING *),
      obsolete AS (DELETE FROM mail_tokens USING taken WHERE subject_id = taken.id)
      SELECT * FROM taken`);
    return row && invitationOf(row);
  },
  deleteExpired: async (queryable, now) => {
    const rows = await queryable.query(sql`DELETE FROM invitations WHERE expires_at <= ${now} RETURNING 1`);
    return rows.length;
  },
};
