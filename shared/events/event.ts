import * as z from 'zod';

/** The names of the SNS topics. Those ending in `.fifo` keep each aggregate's order; the others can invoke functions. */
export const topics = [
  'user-events.fifo',
  'product-events.fifo',
  'order-events.fifo',
  'payment-events.fifo',
  'media-events.fifo',
  'order-created',
  'order-completed',
  'order-cancelled',
] as const;
export type Topic = (typeof topics)[number];

/** Who caused an effect: an account by its id, an API key by its own, or an operator's function. Nobody for a schedule. */
export type Actor = { kind: 'customer' | 'staff' | 'api-key' | 'operator'; id: string };

/** The request behind an effect: the route or function that was called, and the client's address. Not passed on. */
export type CausingRequest = { action: string; clientAddress?: string };

/** The cause of an effect: passed from request to event to reaction, and written to every log line. */
export type Cause = {
  correlationId: string;
  causationId?: string;
  actor?: Actor;
  request?: CausingRequest;
};

/** An event as it is published. `sequence` counts the events of one aggregate from 1; consumers drop older events. */
export type EventEnvelope<Type extends string = string, Payload = unknown> = {
  id: string;
  type: Type;
  version: number;
  source: string;
  /** The time of the event, ISO 8601 UTC. */
  time: string;
  aggregateId: string;
  sequence: number;
  correlationId: string;
  causationId?: string;
  actor?: Actor;
  data: Payload;
};

/** A type of event, published only by its owner. */
export type EventDefinition<Type extends string = string, S extends z.ZodType = z.ZodType> = {
  source: string;
  type: Type;
  version: number;
  topics: readonly Topic[];
  description: string;
  data: S;
};

/**
 * Declares a type of event. Fields are only added, as optional ones; any other change is a new version alongside the
 * old one.
 */
// @__NO_SIDE_EFFECTS__
export function event<const Type extends string, S extends z.ZodType>(
  definition: EventDefinition<Type, S>,
): EventDefinition<Type, S> {
  return definition;
}

export type EnvelopeOf<D> =
  D extends EventDefinition<infer Type, infer S> ? EventEnvelope<Type, z.output<S>> : never;

/** An event before it is written, with its aggregate and its sequence number there. */
export type NewEvent<D extends EventDefinition = EventDefinition> = {
  definition: D;
  id: string;
  aggregateId: string;
  sequence: number;
  time: Date;
  data: z.input<D['data']>;
};

/** The schema of an envelope without its payload. */
export const envelopeSchema = z.object({
  id: z.uuid(),
  type: z.string().max(100),
  version: z.int().min(1),
  source: z.string().max(100),
  time: z.iso.datetime(),
  aggregateId: z.string().min(1).max(100),
  sequence: z.int().min(1),
  correlationId: z.string().min(1).max(100),
  causationId: z.string().max(100).optional(),
  actor: z
    .object({ kind: z.enum(['customer', 'staff', 'api-key', 'operator']), id: z.string().min(1).max(100) })
    .optional(),
  data: z.unknown(),
});

/** Converts an event and its cause to an envelope. @throws ZodError if the payload does not match its schema */
export function toEnvelope(event: NewEvent, cause: Cause): EventEnvelope {
  return {
    id: event.id,
    type: event.definition.type,
    version: event.definition.version,
    source: event.definition.source,
    time: event.time.toISOString(),
    aggregateId: event.aggregateId,
    sequence: event.sequence,
    correlationId: cause.correlationId,
    ...(cause.causationId === undefined ? {} : { causationId: cause.causationId }),
    ...(cause.actor === undefined ? {} : { actor: cause.actor }),
    data: event.definition.data.parse(event.data),
  };
}

/** The cause of everything that follows from an event. */
export const causedBy = (envelope: EventEnvelope): Cause => ({
  correlationId: envelope.correlationId,
  causationId: envelope.id,
  ...(envelope.actor === undefined ? {} : { actor: envelope.actor }),
});
