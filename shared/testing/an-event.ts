import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { EnvelopeOf, EventDefinition, EventEnvelope } from '../events/event.ts';

/** An envelope with the given data; its other fields have defaults. */
export function anEvent<D extends EventDefinition>(
  definition: D,
  data: z.input<D['data']>,
  over: Partial<EventEnvelope> = {},
): EnvelopeOf<D> {
  return {
    id: randomUUID(),
    type: definition.type,
    version: definition.version,
    source: definition.source,
    time: new Date().toISOString(),
    aggregateId: randomUUID(),
    sequence: 1,
    correlationId: randomUUID(),
    ...over,
    data: definition.data.parse(data),
  } as EnvelopeOf<D>;
}
