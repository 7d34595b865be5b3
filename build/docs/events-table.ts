import { catalogue } from '../../shared/events/catalogue.ts';
import type { EventDefinition, Topic } from '../../shared/events/event.ts';
import type { Deployment } from '../deployment.ts';

/** The subscribers of an event per topic, from the compiled subscriptions and their filter policies. */
export type Delivery = {
  event: EventDefinition;
  topic: Topic;
  subscriber: string;
  via: 'queue' | 'function';
  fifo: boolean;
};

const nameOf = (arn: string, prefix: string): string => (arn.split(':').at(-1) ?? '').replace(prefix, '');

/** The event types that a subscription accepts; undefined for all. */
export function filteredTypes(policy: unknown): string[] | undefined {
  const type = (policy as { type?: unknown } | undefined)?.type;
  return Array.isArray(type) ? type.map(String) : undefined;
}

/** Every delivery of every event of the catalogue, by topic and subscriber. */
export function deliveries(deployment: Deployment): Delivery[] {
  const prefix = `${deployment.project}-${deployment.stage}-`;
  return catalogue.flatMap((event) =>
    event.topics.flatMap((topic) =>
      deployment.subscriptions
        .filter(({ topicArn }) => nameOf(topicArn, prefix) === topic)
        .filter(({ filterPolicy }) => filteredTypes(filterPolicy)?.includes(event.type) ?? true)
        .map(({ endpointArn, protocol }): Delivery => {
          const subscriber =
            protocol === 'sqs'
              ? nameOf(endpointArn, prefix)
              : (endpointArn.split(':').at(-1) ?? '').replace(`-${deployment.stage}-`, ' ');
          return {
            event,
            topic,
            subscriber,
            via: protocol === 'sqs' ? 'queue' : 'function',
            fifo: subscriber.endsWith('.fifo'),
          };
        })
        .toSorted((a, b) => a.subscriber.localeCompare(b.subscriber)),
    ),
  );
}

/** The matrix of docs/events.md. */
export function eventsTable(deployment: Deployment): string {
  const found = deliveries(deployment);
  const rows = catalogue.flatMap((event) =>
    event.topics.flatMap((topic) => {
      const mine = found.filter((delivery) => delivery.event === event && delivery.topic === topic);
      const group = topic.endsWith('.fifo') ? 'aggregate id' : '–';
      const subscribers = mine.map(
        ({ subscriber, via }) => `${subscriber}${via === 'function' ? ' (function)' : ''}`,
      );
      return [
        `| \`${event.type}\` ${event.version} | ${event.source} | ${topic} | ${subscribers.join(', ') || '– nobody yet'} | ${group} | ${event.description} |`,
      ];
    }),
  );
  return [
    '| event, version | owner | topic | subscribers | FIFO group | meaning |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
