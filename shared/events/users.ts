import * as z from 'zod';
import { emailAddress } from '../email.ts';
import { event } from './event.ts';

const contact = z.object({
  userId: z.uuid(),
  email: emailAddress,
  name: z.string().max(200),
  /** BCP 47. */
  locale: z.string().max(35).default('en'),
});

export const UserRegistered = event({
  source: 'users',
  type: 'USER_REGISTERED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'A user registered an account.',
  data: contact,
});

export const ContactUpdated = event({
  source: 'users',
  type: 'CONTACT_UPDATED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'A user changed name, address of mail, or language.',
  data: contact,
});

export const UserDisabled = event({
  source: 'users',
  type: 'USER_DISABLED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'Staff disabled an account: it cannot sign in, and its sessions have ended.',
  data: z.object({ userId: z.uuid() }),
});

export const UserEnabled = event({
  source: 'users',
  type: 'USER_ENABLED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'Staff enabled a disabled account.',
  data: z.object({ userId: z.uuid() }),
});
