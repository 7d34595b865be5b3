import { shopError } from '#shared/errors.ts';

/** The user's contact has not arrived yet; its event may be on the way, so a later delivery can succeed. */
export const ContactUnknown = shopError({
  code: 'CONTACT_UNKNOWN',
  remedy: 'retry-later',
  title: 'No contact of this user is known yet',
});
