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
});
