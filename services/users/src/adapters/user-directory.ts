import type { Role } from '#shared/auth/permissions.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import { nameQuery } from '../domain/name-search.ts';
import type { AccountState, User } from '../domain/user.ts';
import { selectUsers, type UserRow, userOf } from './user-reader.ts';

/** Which accounts a list shows. */
export type DirectoryFilter = {
  /** The beginning of the address, in its canonical form. */
  email?: string | undefined;
  /** Beginnings of words of the name. */
  name?: string | undefined;
  role?: Role | undefined;
  state?: AccountState | undefined;
  /** Accounts that are older than this one. */
  before?: string | undefined;
};

/** Lists the accounts of the shop for its staff. */
export type UserDirectory = {
  /** Newest first, at most `limit`. */
  list(filter: DirectoryFilter, limit: number): Promise<User[]>;
};

/** Behind every text: no text has this character, which is not assigned. */
const last = '\u{10FFFF}';

/** See {@link UserDirectory}. Ids are UUIDs of version 7, in the order of creation. */
export const userDirectory = (queryable: Queryable): UserDirectory => ({
  list: async (filter, limit) => {
    const condition = conditionsOf(filter).reduce((all, each) => sql`${all} AND ${each}`);
    const rows = await queryable.query<UserRow>(
      sql`${selectUsers(condition)} ORDER BY u.id DESC LIMIT ${limit}`,
    );
    return rows.map(userOf);
  },
});

function conditionsOf({ email, name, role, state, before }: DirectoryFilter): Sql[] {
  const conditions = [sql`true`];
  if (before !== undefined) conditions.push(sql`u.id < ${before}`);
  if (email !== undefined)
    conditions.push(sql`u.email COLLATE "C" >= ${email} AND u.email COLLATE "C" < ${email + last}`);
  if (name !== undefined) conditions.push(sql`p.name_words @@ ${nameQuery(name)}::tsquery`);
  if (role !== undefined)
    conditions.push(sql`EXISTS (SELECT FROM user_roles r WHERE r.user_id = u.id AND r.role = ${role})`);
  if (state !== undefined) conditions.push(stateConditions[state]);
  return conditions;
}

const stateConditions: Record<AccountState, Sql> = {
  active: sql`u.disabled_at IS NULL`,
  disabled: sql`u.disabled_at IS NOT NULL`,
};
