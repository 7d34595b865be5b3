import { shopError } from '#shared/errors.ts';

/** The user's contact has not arrived yet: the event of it may be on its way, so that another try helps. */
export const ContactUnknown = shopError({
  code: 'CONTACT_UNKNOWN',
  remedy: 'retry-later',
  title: 'No contact of this user is known yet',
});
