import { type Cause, type NewEvent, type Topic, toEnvelope } from '../events/event.ts';

/** One event for one topic, as an outbox keeps it until it is sent. `message` is the envelope as JSON. */
export type OutboxEntry = {
  id: string;
  destination: Topic;
  aggregateId: string;
  sequence: number;
  type: string;
  version: number;
  message: string;
};

/** One entry per destination topic of each fact. */
export const toEntries = (facts: readonly NewEvent[], cause: Cause): OutboxEntry[] =>
  facts.flatMap((fact) => {
    const envelope = toEnvelope(fact, cause);
    const message = JSON.stringify(envelope);
    return fact.definition.topics.map((destination) => ({
      id: envelope.id,
      destination,
      aggregateId: envelope.aggregateId,
      sequence: envelope.sequence,
      type: envelope.type,
      version: envelope.version,
      message,
    }));
  });
