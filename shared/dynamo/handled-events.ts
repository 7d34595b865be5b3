import { put, type Write } from './write.ts';

/** One delivery of an event to a subscriber. */
export type HandledEvent = { subscriber: string; eventId: string };

/** Longer than a queue and then its dead-letter queue keep a message (14 days each). */
const lifetimeMs = 30 * 24 * 60 * 60 * 1000;

/**
 * The write that marks an event as handled, for the transaction of its effect; its condition fails if the event was
 * handled before. Together with the outbox, the marks prove that no event was lost.
 */
export const handledMark = (table: string, { subscriber, eventId }: HandledEvent): Write =>
  put(
    table,
    {
      id: `handled#${subscriber}#${eventId}`,
      expiration: Math.floor((Date.now() + lifetimeMs) / 1000),
    },
    { condition: 'attribute_not_exists(id)' },
  );
