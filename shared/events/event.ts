import * as z from 'zod';

/** The SNS topics by name; `.fifo` ones keep each aggregate's order, the others may call functions. */
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

/** What made something happen: carried from request to event to reaction, and into every log line. */
export type Cause = { correlationId: string; causationId?: string };

/** A fact as it travels. `sequence` counts the events of one aggregate from 1; a consumer drops what is older than it has seen. */
export type EventEnvelope<Type extends string = string, Payload = unknown> = {
  id: string;
  type: Type;
  version: number;
  source: string;
  /** When it happened, ISO 8601 UTC. */
  time: string;
  aggregateId: string;
  sequence: number;
  correlationId: string;
  causationId?: string;
  data: Payload;
};

/** A business fact that its owner may publish. */
export type EventDefinition<Type extends string = string, S extends z.ZodType = z.ZodType> = {
  source: string;
  type: Type;
  version: number;
  topics: readonly Topic[];
  description: string;
  data: S;
};

/**
 * Declares an event of its owner. Fields are only ever added, as optional ones; anything else is a new version
 * beside the old.
 */
// @__NO_SIDE_EFFECTS__
export function event<const Type extends string, S extends z.ZodType>(
  definition: EventDefinition<Type, S>,
): EventDefinition<Type, S> {
  return definition;
}

export type EnvelopeOf<D> =
  D extends EventDefinition<infer Type, infer S> ? EventEnvelope<Type, z.output<S>> : never;

/** A fact before it is written: what happened to which aggregate, as its how-manieth event. */
export type NewEvent<D extends EventDefinition = EventDefinition> = {
  definition: D;
  id: string;
  aggregateId: string;
  sequence: number;
  time: Date;
  data: z.input<D['data']>;
};

/** The envelope's own form, without the payload. */
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
  data: z.unknown(),
});

/** Puts a fact and its cause into the form that travels; throws ZodError if the payload is not of its schema. */
export function toEnvelope(fact: NewEvent, cause: Cause): EventEnvelope {
  return {
    id: fact.id,
    type: fact.definition.type,
    version: fact.definition.version,
    source: fact.definition.source,
    time: fact.time.toISOString(),
    aggregateId: fact.aggregateId,
    sequence: fact.sequence,
    correlationId: cause.correlationId,
    ...(cause.causationId === undefined ? {} : { causationId: cause.causationId }),
    data: fact.definition.data.parse(fact.data),
  };
}

/** The cause that an event is to what it makes happen. */
export const causedBy = (envelope: EventEnvelope): Cause => ({
  correlationId: envelope.correlationId,
  causationId: envelope.id,
});
