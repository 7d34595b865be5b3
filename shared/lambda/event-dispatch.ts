import {
  type Cause,
  causedBy,
  type EnvelopeOf,
  type EventDefinition,
  type EventEnvelope,
  envelopeSchema,
} from '../events/event.ts';
import { logger } from './telemetry.ts';

/** What a subscriber does with one event; `cause` is passed to the events that follow from it. */
export type Reaction = {
  definition: EventDefinition;
  react: (envelope: EventEnvelope, cause: Cause) => Promise<void>;
};
export type EventHandlers = readonly Reaction[];

/** Declares a reaction: `on(OrderPaid, async (event, cause) => …)`; the payload is parsed. */
export const on = <D extends EventDefinition>(
  definition: D,
  react: (event: EnvelopeOf<D>, cause: Cause) => Promise<unknown>,
): Reaction => ({
  definition,
  react: async (envelope, cause) => {
    await react({ ...envelope, data: definition.data.parse(envelope.data) } as EnvelopeOf<D>, cause);
  },
});

/** The subscriber has no reaction to this event, so no retry can help; the message goes to the dead-letter queue. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

/** Parses an event and runs the reaction to its type and version. @throws UnknownEvent, ZodError, and what the reaction throws */
export async function dispatchEvent(handlers: EventHandlers, text: string): Promise<void> {
  const envelope = envelopeSchema.parse(JSON.parse(text)) as EventEnvelope;
  const reaction = handlers.find(
    ({ definition }) => definition.type === envelope.type && definition.version === envelope.version,
  );
  if (reaction === undefined)
    throw new UnknownEvent(`no reaction to ${envelope.type} version ${envelope.version}`);
  const cause = causedBy(envelope);
  logger.appendKeys({ correlationId: cause.correlationId });
  await reaction.react(envelope, cause);
  logger.info('event handled', {
    eventType: envelope.type,
    eventId: envelope.id,
    aggregateId: envelope.aggregateId,
  });
}
