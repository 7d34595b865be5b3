import { put, type Write } from './write.ts';

/** Longer than a queue and its dead letters keep a message together (14 days each). */
const keepDays = 30;

/**
 * The write that records that a subscriber handles an event, for the transaction of what it does: its condition
 * fails if the event was handled before. With the outbox it proves completeness.
 */
export const handled = (table: string, subscriber: string, eventId: string): Write =>
  put(
    table,
    {
      id: `handled#${subscriber}#${eventId}`,
      expiration: Math.floor(Date.now() / 1000) + keepDays * 24 * 60 * 60,
    },
    { condition: 'attribute_not_exists(id)' },
  );
