import * as z from 'zod';
import { catalogue } from '../../shared/events/catalogue.ts';
import { envelopeSchema, topics } from '../../shared/events/event.ts';

const idOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, '_');

/** The AsyncAPI 3.0 document of the events, from the schemas that parse them. */
export function asyncApi(): object {
  const messages = Object.fromEntries(
    catalogue.map(({ type, version, description, data, source }) => [
      `${type}_${version}`,
      {
        name: type,
        title: description,
        description: `Owned by ${source}.`,
        contentType: 'application/json',
        payload: z.toJSONSchema(
          envelopeSchema.extend({
            type: z.literal(type),
            version: z.literal(version),
            source: z.literal(source),
            data,
          }),
        ),
      },
    ]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Serverless Shop events',
      version: '1',
      description:
        'Business facts in the past tense. Delivered at least once, in order within an aggregate on FIFO topics.',
    },
    channels: Object.fromEntries(
      topics.map((topic) => [
        idOf(topic),
        {
          address: topic,
          messages: Object.fromEntries(
            catalogue
              .filter((event) => event.topics.includes(topic))
              .map(({ type, version }) => [
                `${type}_${version}`,
                { $ref: `#/components/messages/${type}_${version}` },
              ]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      topics.map((topic) => [
        `publish_${idOf(topic)}`,
        { action: 'send', channel: { $ref: `#/channels/${idOf(topic)}` } },
      ]),
    ),
    components: { messages },
  };
}
