import {
  type Cause,
  causedBy,
  type EnvelopeOf,
  type EventDefinition,
  type EventEnvelope,
  envelopeSchema,
} from '../events/event.ts';
import { logger } from './telemetry.ts';

/** What to do with one event; `cause` is what the events that follow from it carry. */
export type Reaction = {
  definition: EventDefinition;
  react: (envelope: EventEnvelope, cause: Cause) => Promise<void>;
};
export type EventHandlers = readonly Reaction[];

/** Ties a definition to what happens: `on(OrderPaid, async (event, cause) => …)`; the payload is parsed. */
export const on = <D extends EventDefinition>(
  definition: D,
  react: (event: EnvelopeOf<D>, cause: Cause) => Promise<unknown>,
): Reaction => ({
  definition,
  react: async (envelope, cause) => {
    await react({ ...envelope, data: definition.data.parse(envelope.data) } as EnvelopeOf<D>, cause);
  },
});

/** The message is none that this subscriber knows: it goes to the dead letters, since no retry can help. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

/** Parses an event and calls what is registered for its type and version. @throws UnknownEvent, ZodError, and what the reaction throws */
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
