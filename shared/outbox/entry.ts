import { withClientAddress } from '../audit/recorded-action.ts';
import { type Cause, type NewEvent, type Topic, toEnvelope } from '../events/event.ts';

/** One event for one topic, as stored in an outbox. `message` is the envelope as JSON. */
export type OutboxEntry = {
  id: string;
  destination: Topic;
  aggregateId: string;
  sequence: number;
  type: string;
  version: number;
  message: string;
};

/** One entry per destination topic of each event. */
export const toEntries = (events: readonly NewEvent[], cause: Cause): OutboxEntry[] =>
  events.flatMap((event) => {
    const envelope = toEnvelope(withClientAddress(event, cause), cause);
    const message = JSON.stringify(envelope);
    return event.definition.topics.map((destination) => ({
      id: envelope.id,
      destination,
      aggregateId: envelope.aggregateId,
      sequence: envelope.sequence,
      type: envelope.type,
      version: envelope.version,
      message,
    }));
  });
