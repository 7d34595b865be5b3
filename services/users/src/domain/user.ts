import * as z from 'zod';
import type { Role } from '#shared/auth/permissions.ts';
import { PreconditionFailed } from '#shared/errors.ts';
import type { NewEvent } from '#shared/events/event.ts';
import { ContactUpdated, UserRegistered } from '#shared/events/users.ts';
import { text } from '#shared/http/fields.ts';

/** An e-mail address in lower case, at most 254 characters (RFC 5321, 4.5.3.1.3): accounts differ by it. */
export const emailSchema = z.email().max(254).toLowerCase();

/** What a person is called: one line, without control characters, so that it is safe in mails and logs. */
export const nameSchema = text(200);

/** The language for mails: a BCP 47 tag such as `en` or `pt-BR`. */
export const localeSchema = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag');

/** How to reach somebody, and how to address them. */
export type Contact = { email: string; name: string; locale: string };

/** An account. `version` counts its changes, `eventCount` the events it has announced. */
export type User = Contact & {
  id: string;
  roles: Role[];
  version: number;
  eventCount: number;
  createdAt: Date;
};

/** What comes of a decision: the account as it is now and the facts to announce. */
export type Decided = { user: User; events: NewEvent[] };

/** Opens an account: a customer, or with the roles that an operator gives. */
export function register(id: string, contact: Contact, roles: Role[], time: Date, eventId: string): Decided {
  const user: User = { id, ...contact, roles, version: 1, eventCount: 1, createdAt: time };
  return { user, events: [announce(UserRegistered, user, time, eventId)] };
}

/**
 * Changes name, address or language; the same contact again changes nothing and announces nothing.
 * @throws PreconditionFailed if the account is not at the version that the caller has seen
 */
export function changeContact(
  user: User,
  contact: Contact,
  expectedVersion: number,
  time: Date,
  eventId: string,
): Decided {
  if (user.version !== expectedVersion)
    throw new PreconditionFailed('The account has changed since it was read. Read it again.', {
      subjects: [{ kind: 'version', message: `is not the current version "${user.version}"` }],
    });
  const same = user.email === contact.email && user.name === contact.name && user.locale === contact.locale;
  if (same) return { user, events: [] };
  const changed: User = {
    ...user,
    ...contact,
    version: user.version + 1,
    eventCount: user.eventCount + 1,
  };
  return { user: changed, events: [announce(ContactUpdated, changed, time, eventId)] };
}

const announce = (
  definition: typeof UserRegistered | typeof ContactUpdated,
  user: User,
  time: Date,
  id: string,
): NewEvent => ({
  definition,
  id,
  aggregateId: user.id,
  sequence: user.eventCount,
  time,
  data: { userId: user.id, email: user.email, name: user.name, locale: user.locale },
});
