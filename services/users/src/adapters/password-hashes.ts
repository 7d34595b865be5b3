import type { Database } from '#shared/postgres/database.ts';

/** The stored password hashes. */
export type PasswordHashes = {
  /** Replaces the hash of an unchanged password; has no effect if the password has changed since it was read. */
  replace(userId: string, was: string, hash: string): Promise<void>;
};

/** See {@link PasswordHashes}. The account's version does not change: nothing that its owner sees does. */
export const passwordHashes = (database: Database): PasswordHashes => ({
  replace: async (userId, was, hash) => {
    await database.query('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [
      userId,
      was,
      hash,
    ]);
  },
});
