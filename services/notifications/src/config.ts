import * as z from 'zod';
import { readConfig } from '#shared/config.ts';
import { emailAddress } from '#shared/email.ts';

/** Settings of the notifications service. */
export const config = readConfig({
  NOTIFICATIONS_TABLE: z.string().min(1),
  /** The sender of every mail. */
  MAIL_FROM: emailAddress,
  /** SES's configuration set, which publishes bounces and complaints. */
  MAIL_CONFIGURATION_SET: z.string().min(1),
  /** The shop's pages, to which mails link; without a slash at the end. */
  SHOP_URL: z.url(),
  /** The key from which the tokens in mails are computed. */
  MAIL_TOKEN_KEY_SECRET_ID: z.string().min(1),
  USER_FILES_BUCKET: z.string().min(1),
  /** The queue of events that this service failed to handle. */
  DEAD_LETTERS_URL: z.url(),
  /** The queues of user events that SNS could not deliver to this service, separated by commas. */
  UNDELIVERED_URLS: z
    .string()
    .min(1)
    .transform((urls) => urls.split(',')),
});
