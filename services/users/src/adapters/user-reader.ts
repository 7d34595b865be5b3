import { parseRoles } from '#shared/auth/permissions.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import type { User } from '../domain/user.ts';

/** An account together with what proves who it is; it never leaves the service. */
export type Credentials = { user: User; passwordHash: string };

type Row = {
  id: string;
  email: string;
  password_hash: string;
  name: string;
  locale: string;
  roles: string[];
  version: number;
  event_count: number;
  created_at: Date;
};

const selection = `
  SELECT u.id, u.email, u.password_hash, u.version, u.event_count, u.created_at, p.name, p.locale,
         ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id ORDER BY r.granted_at, r.role) AS roles
    FROM users u JOIN user_profiles p ON p.user_id = u.id`;

/** Looks accounts up. */
export type UserReader = {
  /** The account with this address (in lower case), if there is one. */
  byEmail(email: string): Promise<Credentials | undefined>;
  /** The account with this id, if there is one. */
  byId(id: string): Promise<Credentials | undefined>;
};

/** See {@link UserReader}. */
export const userReader = (queryable: Queryable): UserReader => ({
  byEmail: async (email) =>
    toCredentials(await queryable.query<Row>(`${selection} WHERE u.email = $1`, [email])),
  byId: async (id) => toCredentials(await queryable.query<Row>(`${selection} WHERE u.id = $1`, [id])),
});

/** The account with this id, locked until the transaction ends. */
export const findToChange = async (queryable: Queryable, id: string): Promise<Credentials | undefined> =>
  toCredentials(await queryable.query<Row>(`${selection} WHERE u.id = $1 FOR UPDATE OF u`, [id]));

function toCredentials([row]: Row[]): Credentials | undefined {
  if (row === undefined) return undefined;
  return {
    passwordHash: row.password_hash,
    user: {
      id: row.id,
      email: row.email,
      name: row.name,
      locale: row.locale,
      roles: parseRoles(row.roles.join(',')),
      version: row.version,
      eventCount: row.event_count,
      createdAt: row.created_at,
    },
  };
}
