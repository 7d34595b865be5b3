import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import type { HttpResponse } from '#shared/http/response.ts';
import type { Execution } from '#shared/idempotency/run.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { Registrations } from '../adapters/registrations.ts';
import { knownEmailGiven, verificationRequested } from '../domain/mail-events.ts';
import { newRegistration } from '../domain/registration.ts';
import type { Contact } from '../domain/user.ts';

/** What the workflow uses. */
export type RegisterDeps = {
  passwords: Passwords;
  inTransaction: AccountTransaction;
  registrations: Registrations;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

/**
 * Stores a registration and requests a mail: to confirm the address, or, if the address has an account, to inform its
 * owner. Both cases do the same work: for a known address too a registration and a token are stored, whose id is never published.
 */
export async function register(
  { passwords, inTransaction, registrations, tokens, commandMeta }: RegisterDeps,
  { contact, password }: { contact: Contact; password: string },
  { resourceId: id, started }: Execution,
  { cause, response }: { cause: Cause; response: HttpResponse },
): Promise<void> {
  const passwordHash = await passwords.hash(password);
  const meta = commandMeta();
  const { email, locale } = contact;
  await inTransaction(async ({ transaction, accounts, announce, complete }) => {
    const owner = (await accounts.byEmail(email))?.user;
    await registrations.add(transaction, newRegistration(id, contact, passwordHash, meta));
    const tokenId = await tokens.issue(transaction, 'verify-email', { subjectId: id, email }, meta.at);
    const mail =
      owner === undefined
        ? verificationRequested('verify-email', { userId: id, email, locale, tokenId }, meta)
        : knownEmailGiven(owner, meta);
    await announce([mail], cause);
    await complete(started, response);
  });
}
