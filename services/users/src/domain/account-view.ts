import type { User } from './user.ts';

/** An account as its owner sees it: never the hash, never the bookkeeping of events. */
export const toAccount = ({ id, email, name, locale, roles, createdAt, version }: User) => ({
  id,
  email,
  name,
  locale,
  roles,
  createdAt: createdAt.toISOString(),
  version,
});
