import * as z from 'zod';
import { event } from './event.ts';

/** What a customer may consent to. */
export const consentPurposes = ['newsletter', 'analytics'] as const;
export type ConsentPurpose = (typeof consentPurposes)[number];

export const UserErased = event({
  source: 'users',
  type: 'USER_ERASED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'An account was erased: every service deletes or anonymises what it stores about the person.',
  data: z.object({ userId: z.uuid() }),
});

export const DataExportRequested = event({
  source: 'users',
  type: 'DATA_EXPORT_REQUESTED',
  version: 1,
  topics: ['user-events.fifo'],
  description: "A person requested a copy of its data: every service writes its part to the export's folder.",
  data: z.object({ exportId: z.uuid(), userId: z.uuid() }),
});

export const ConsentChanged = event({
  source: 'users',
  type: 'CONSENT_CHANGED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'A customer gave or withdrew consent.',
  data: z.object({
    userId: z.uuid(),
    purpose: z.enum(consentPurposes),
    granted: z.boolean(),
    /** The version of the text that the customer read. */
    wording: z.string().max(50),
  }),
});
