import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deploymentOf } from '../../build/compiled.ts';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { deliveries } from '../../build/docs/events-table.ts';
import { root } from '../../build/stacks.ts';
import type { EventDefinition } from '../../shared/events/event.ts';
import { nonEmpty } from '../setup/non-empty.ts';

/** Event types by the name that the event modules export: `OrderPaid` → `ORDER_PAID`. */
async function typesByName(): Promise<Map<string, string>> {
  const types = new Map<string, string>();
  for (const file of globSync('shared/events/*.ts', {
    cwd: root,
    exclude: (name) => name.includes('.test.'),
  })) {
    const module: Record<string, unknown> = await import(pathToFileURL(join(root, file)).href);
    for (const [name, value] of Object.entries(module)) {
      const { type, topics } = (value ?? {}) as Partial<EventDefinition>;
      if (typeof type === 'string' && Array.isArray(topics)) types.set(name, type);
    }
  }
  return types;
}

/** The types that a handler has a reaction to, read from its source: `on(OrderPaid, …)`. */
function reactionsOf({ directory, handler }: FunctionSpec, types: Map<string, string>): string[] {
  const source = readFileSync(join(root, directory, handler.replace(/\.\w+$/, '.ts')), 'utf8');
  return [...source.matchAll(/\bon\(\s*(\w+),/g)].map(([, name = '']) => types.get(name) ?? name).toSorted();
}

/** The types that reach each function, through its queue or directly from a topic. */
function deliveredTypes({ subscriptions, mappings, ...shop }: Deployment): Map<string, string[]> {
  const delivered = new Map<string, Set<string>>();
  for (const subscription of subscriptions) {
    const { endpointArn } = subscription;
    const types = deliveries({ ...shop, mappings, subscriptions: [subscription] }).map(
      ({ event }) => event.type,
    );
    const functions =
      subscription.protocol === 'lambda'
        ? [endpointArn]
        : mappings.filter(({ sourceArn }) => sourceArn === endpointArn).map(({ functionArn }) => functionArn);
    for (const arn of functions) delivered.set(arn, new Set([...(delivered.get(arn) ?? []), ...types]));
  }
  return new Map([...delivered].map(([arn, types]) => [arn, [...types].toSorted()]));
}

test('each function reacts to exactly the event types that it is subscribed to', async () => {
  const shop = await deploymentOf('dev');
  const types = await typesByName();
  const delivered = deliveredTypes(shop);
  const subscribers = nonEmpty(shop.functions.filter(({ arn }) => delivered.has(arn)));
  expect(subscribers.map((subscriber) => [subscriber.name, reactionsOf(subscriber, types)])).toEqual(
    subscribers.map(({ name, arn }) => [name, delivered.get(arn)]),
  );
});
