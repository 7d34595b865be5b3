import { type MailTokenPurpose, mailToken } from '#shared/auth/mail-token.ts';
import type { EventEnvelope } from '#shared/events/event.ts';
import type { Queryable } from '#shared/postgres/database.ts';

type TokenEvent = EventEnvelope<string, { purpose?: MailTokenPurpose; tokenId: string }>;

/** What the service has asked notifications to mail, as its outbox shows it. */
export const mailsIn = (database: Queryable, key: string) => ({
  /** The token that was mailed last to an address, computed as notifications does. */
  mailedToken: async (email: string): Promise<string> => {
    const [row] = await database.query<{ message: string }>(
      `SELECT message FROM outbox WHERE type IN ('EMAIL_VERIFICATION_REQUESTED', 'PASSWORD_RESET_REQUESTED')
          AND message::json #>> '{data,email}' = $1 ORDER BY created_at DESC LIMIT 1`,
      [email],
    );
    if (row === undefined) throw new Error(`no token was mailed to ${email}`);
    const { data } = JSON.parse(row.message) as TokenEvent;
    return mailToken(key, data.purpose ?? 'reset-password', data.tokenId);
  },
  /** The events that asked for a mail to an address, oldest first. */
  mailsAskedFor: async (email: string): Promise<string[]> => {
    const rows = await database.query<{ type: string }>(
      `SELECT type FROM outbox WHERE message::json #>> '{data,email}' = $1
          AND type IN ('EMAIL_VERIFICATION_REQUESTED', 'KNOWN_EMAIL_GIVEN', 'PASSWORD_RESET_REQUESTED')
        ORDER BY created_at`,
      [email],
    );
    return rows.map(({ type }) => type);
  },
  /** What the audit log gets about an account, oldest first. */
  actionsOn: async (accountId: string): Promise<string[]> => {
    const rows = await database.query<{ action: string }>(
      `SELECT message::json #>> '{data,action}' AS action FROM outbox
        WHERE type = 'USER_ACTION_RECORDED' AND message::json #>> '{data,target,id}' = $1 ORDER BY created_at`,
      [accountId],
    );
    return rows.map(({ action }) => action);
  },
});
