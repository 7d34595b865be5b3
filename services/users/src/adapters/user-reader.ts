import { parseRoles } from '#shared/auth/permissions.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { User } from '../domain/user.ts';

/** An account with its password hash, which never leaves the service. */
export type Credentials = { user: User; passwordHash: string };

/** An account as {@link selectUsers} reads it. */
export type UserRow = {
  id: string;
  email: string;
  password_hash: string;
  name: string;
  locale: string;
  roles: string[];
  version: number;
  event_count: number;
  created_at: Date;
  disabled_at: Date | null;
  second_factor: boolean;
};

/** Selects accounts with profile and roles. */
export const selectUsers = (condition: Sql): Sql => sql`
  SELECT u.id, u.email, u.password_hash, u.version, u.event_count, u.created_at, u.disabled_at, u.second_factor, p.name, p.locale,
         ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id ORDER BY r.granted_at, r.role) AS roles
    FROM users u JOIN user_profiles p ON p.user_id = u.id
   WHERE ${condition}`;

/** Converts a row to an account. */
export const userOf = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  locale: row.locale,
  roles: parseRoles(row.roles.join(',')),
  version: row.version,
  eventCount: row.event_count,
  createdAt: row.created_at,
  secondFactor: row.second_factor,
  disabledAt: row.disabled_at ?? undefined,
});

/** Reads accounts. */
export type UserReader = {
  /** The account with this address (in lower case), if there is one. */
  byEmail(email: string): Promise<Credentials | undefined>;
  /** The same, if the account may sign in. */
  signInAccount(email: string): Promise<Credentials | undefined>;
  /** Locks an account against changes, in a transaction; false if it has another password by now. */
  lockUnchanged(id: string, passwordHash: string): Promise<boolean>;
  /** The account with this id, if there is one. */
  byId(id: string): Promise<Credentials | undefined>;
};

/** See {@link UserReader}. */
export function userReader(queryable: Queryable): UserReader {
  const find = async (condition: Sql): Promise<Credentials | undefined> => {
    const [row] = await queryable.query<UserRow>(selectUsers(condition));
    return row && { user: userOf(row), passwordHash: row.password_hash };
  };
  return {
    byEmail: (email) => find(sql`u.email = ${email}`),
    signInAccount: (email) => find(sql`u.email = ${email} AND u.disabled_at IS NULL`),
    lockUnchanged: async (id, passwordHash) => {
      const rows = await queryable.query(
        sql`SELECT FROM users WHERE id = ${id} AND password_hash = ${passwordHash} FOR SHARE`,
      );
      return rows.length === 1;
    },
    byId: (id) => find(sql`u.id = ${id}`),
  };
}
