import type { Clock } from '#shared/clock.ts';
import type { ContactStore } from '../adapters/contact-store.ts';
import type { DeadLetters } from '../adapters/dead-letters.ts';
import type { MessageLog } from '../adapters/message-log.ts';

/** What the workflow uses. */
export type EraseUserDeps = {
  contacts: ContactStore;
  messages: MessageLog;
  deadLetters: DeadLetters;
  clock: Clock;
};

/**
 * Deletes the contact, the messages, and the failed events of a user. First the mark, after which events of the user
 * that arrive late store and mail nothing. May be repeated.
 */
export async function eraseUser(
  { contacts, messages, deadLetters, clock }: EraseUserDeps,
  userId: string,
): Promise<void> {
  await contacts.erase(userId, clock());
  await messages.deleteAll(userId);
  await deadLetters.deleteThoseAbout(userId);
}
