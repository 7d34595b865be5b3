import { createHash } from 'node:crypto';
import { type MailTokenPurpose, mailToken, mailTokenKey } from '#shared/auth/mail-token.ts';
import { Unavailable } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';
import { readSecret } from '#shared/secrets.ts';
import { mailTokenLifetimesMs } from '../domain/mail-token.ts';

/** Who a token is for, and where it is mailed. */
export type TokenHolder = { subjectId: string; email: string };

/**
 * The tokens in mails. They are used once, expire, and are replaced by a newer one of the same purpose and holder. Only
 * their hashes are stored; events contain ids, from which notifications computes the tokens. The user store deletes those
 * of an account whose sessions end.
 */
export type MailTokens = {
  /** Issues a token and returns its id for the event that has it mailed. */
  issue(queryable: Queryable, purpose: MailTokenPurpose, holder: TokenHolder, now: Date): Promise<string>;
  /** The holder of a valid token. */
  find(
    queryable: Queryable,
    purpose: MailTokenPurpose,
    token: string,
    now: Date,
  ): Promise<TokenHolder | undefined>;
  /** Uses a token up, in the transaction of its effect; a concurrent use waits and finds none. */
  redeem(
    queryable: Queryable,
    purpose: MailTokenPurpose,
    token: string,
    now: Date,
  ): Promise<TokenHolder | undefined>;
  /** Deletes expired tokens; returns how many. */
  deleteExpired(queryable: Queryable, now: Date): Promise<number>;
};

type Row = { subject_id: string; email: string };

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const holderOf = ([row]: Row[]): TokenHolder | undefined =>
  row && { subjectId: row.subject_id, email: row.email };

/** See {@link MailTokens}. @throws Unavailable before the secret exists */
export function mailTokens(secretId: string): MailTokens {
  const key = async () => {
    const secret = await readSecret(secretId);
    if (secret === undefined) throw new Unavailable('The key of the tokens in mails is missing.');
    return mailTokenKey(secret);
  };
  return {
    issue: async (queryable, purpose, { subjectId, email }, now) => {
      const id = newId();
      const hash = hashOf(mailToken(await key(), purpose, id));
      const expiresAt = new Date(now.getTime() + mailTokenLifetimesMs[purpose]);
      await queryable.query(
        sql`INSERT INTO mail_tokens (token_hash, purpose, subject_id, email, expires_at)
            VALUES (${hash}, ${purpose}, ${subjectId}, ${email}, ${expiresAt})
            ON CONFLICT ON CONSTRAINT mail_tokens_newest DO UPDATE
              SET token_hash = excluded.token_hash, email = excluded.email, expires_at = excluded.expires_at`,
      );
      return id;
    },
    find: async (queryable, purpose, token, now) =>
      holderOf(
        await queryable.query<Row>(
          sql`SELECT subject_id, email FROM mail_tokens
               WHERE token_hash = ${hashOf(token)} AND purpose = ${purpose} AND expires_at > ${now}`,
        ),
      ),
    redeem: async (queryable, purpose, token, now) =>
      holderOf(
        await queryable.query<Row>(
          sql`DELETE FROM mail_tokens
               WHERE token_hash = ${hashOf(token)} AND purpose = ${purpose} AND expires_at > ${now}
              RETURNING subject_id, email`,
        ),
      ),
    deleteExpired: async (queryable, now) => {
      const rows = await queryable.query(sql`DELETE FROM mail_tokens WHERE expires_at <= ${now} RETURNING 1`);
      return rows.length;
    },
  };
}
