import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { Registrations } from '../adapters/registrations.ts';
import { mailIgnored, verificationRequested } from '../domain/mail-events.ts';

/** What the workflow uses. */
export type ResendVerificationDeps = {
  inTransaction: AccountTransaction;
  registrations: Registrations;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

/**
 * Requests another confirmation mail, with a new token, for the newest registration of an address. An address without a
 * registration causes the same work: its token is stored and not mailed.
 */
export async function resendVerification(
  { inTransaction, registrations, tokens, commandMeta }: ResendVerificationDeps,
  email: string,
  cause: Cause,
): Promise<void> {
  const meta = commandMeta();
  await inTransaction(async ({ transaction, announce }) => {
    const waiting = await registrations.newest(transaction, email, meta.at);
    const holder = { subjectId: waiting?.id ?? newId(), email: waiting?.contact.email ?? '' };
    const tokenId = await tokens.issue(transaction, 'verify-email', holder, meta.at);
    const mail =
      waiting === undefined
        ? mailIgnored('verify-email', meta)
        : verificationRequested('verify-email', { ...waiting.contact, userId: waiting.id, tokenId }, meta);
    await announce([mail], cause);
  });
}
