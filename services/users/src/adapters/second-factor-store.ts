import { createHash } from 'node:crypto';
import type { Queryable } from '#shared/postgres/database.ts';
import { sql } from '#shared/postgres/sql.ts';
import type { SecondFactorState } from '../domain/second-factor.ts';

/** A second factor as it is stored; the secret is sealed. */
export type StoredSecondFactor = {
  state: Exclude<SecondFactorState, 'none'>;
  sealedSecret: Buffer;
  /** Recovery codes that have not been used. */
  recoveryCodes: number;
};

/** The second factors of users. A change works within the caller's transaction. */
export type SecondFactorStore = {
  find(userId: string): Promise<StoredSecondFactor | undefined>;
  /** Stores a secret that waits for its first code, and replaces one that waits; false if one is active. */
  enrol(userId: string, sealedSecret: Uint8Array, now: Date): Promise<boolean>;
  /** Activates a secret that waits; false if it was replaced or activated in between. */
  activate(
    userId: string,
    sealedSecret: Uint8Array,
    step: number,
    codes: readonly string[],
    now: Date,
  ): Promise<boolean>;
  /** Accepts the code of a time step once; false if it or a later one was accepted before. */
  acceptStep(userId: string, step: number): Promise<boolean>;
  /** Accepts a recovery code once. */
  acceptRecoveryCode(userId: string, code: string): Promise<boolean>;
  /** Removes it with its recovery codes; false if there is none. */
  remove(userId: string): Promise<boolean>;
};

const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest();

type Row = { secret: Buffer; confirmed_at: Date | null; recovery_codes: number };

/** The second factors as a transaction sees and changes them. */
export type SecondFactorsIn = (queryable: Queryable) => SecondFactorStore;

/** See {@link SecondFactorStore}. */
export const secondFactorStore: SecondFactorsIn = (queryable) => ({
  find: async (userId) => {
    const [row] = await queryable.query<Row>(sql`
      SELECT secret, confirmed_at, (SELECT count(*) FROM recovery_codes c WHERE c.user_id = f.user_id) AS recovery_codes
        FROM second_factors f WHERE user_id = ${userId}`);
    return (
      row && {
        state: row.confirmed_at === null ? 'pending' : 'active',
        sealedSecret: row.secret,
        recoveryCodes: row.recovery_codes,
      }
    );
  },
  enrol: async (userId, sealedSecret, now) => {
    const rows = await queryable.query(sql`
      INSERT INTO second_factors AS f (user_id, secret, created_at) VALUES (${userId}, ${sealedSecret}, ${now})
      ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
       WHERE f.confirmed_at IS NULL
      RETURNING 1`);
    return rows.length === 1;
  },
  activate: async (userId, sealedSecret, step, codes, now) => {
    const rows = await queryable.query(sql`
      WITH activated AS (
        UPDATE second_factors SET confirmed_at = ${now}, last_step = ${step}
         WHERE user_id = ${userId} AND secret = ${sealedSecret} AND confirmed_at IS NULL
        RETURNING user_id),
      marked AS (
        UPDATE users SET second_factor = true FROM activated WHERE id = activated.user_id)
      INSERT INTO recovery_codes (user_id, code_hash)
      SELECT user_id, unnest(${codes.map(hashOf)}::bytea[]) FROM activated
      RETURNING 1`);
    return rows.length > 0;
  },
  acceptStep: async (userId, step) => {
    const rows = await queryable.query(sql`
      UPDATE second_factors SET last_step = ${step} WHERE user_id = ${userId} AND last_step < ${step} RETURNING 1`);
    return rows.length === 1;
  },
  acceptRecoveryCode: async (userId, code) => {
    const rows = await queryable.query(sql`
      DELETE FROM recovery_codes WHERE user_id = ${userId} AND code_hash = ${hashOf(code)} RETURNING 1`);
    return rows.length === 1;
  },
  remove: async (userId) => {
    const rows = await queryable.query(sql`
      WITH removed AS (DELETE FROM second_factors WHERE user_id = ${userId} RETURNING user_id)
      UPDATE users SET second_factor = false FROM removed WHERE id = removed.user_id RETURNING 1`);
    return rows.length === 1;
  },
});
