import { createHmac } from 'node:crypto';
import * as z from 'zod';

/** What a token that was mailed is for. It is valid for nothing else. */
export const mailTokenPurposes = ['verify-email', 'change-email', 'reset-password', 'invitation'] as const;
export type MailTokenPurpose = (typeof mailTokenPurposes)[number];

/** The value of the secret from which tokens are computed. */
const keySchema = z.object({ key: z.string().min(32) });

/** The key in a secret's value. @throws ZodError for another value */
export const mailTokenKey = (secret: string): string => keySchema.parse(JSON.parse(secret)).key;

/**
 * The token of an id: only who writes or checks mails has the key, so that an id in a queue, an outbox or a log is
 * worth nothing. 256 bits, in base64url.
 */
export const mailToken = (key: string, purpose: MailTokenPurpose, id: string): string =>
  createHmac('sha256', key).update(`${purpose} ${id}`).digest('base64url');
