import type { Deployment } from '../deployment.ts';

/** What the alarms and dashboards are about: everything of the compiled stacks that can go wrong. */
export type Watched = {
  functions: WatchedFunction[];
  queues: { name: string; reader: boolean }[];
  tables: string[];
  apis: { name: string; stage: string }[];
  /** Topics whose messages are counted. */
  topics: string[];
};
export type WatchedFunction = {
  service: string;
  /** The name of its handler. */
  key: string;
  name: string;
  /** Answers HTTP: its errors are answers, and the API's figures count them. */
  http: boolean;
  /** Reads a stream, whose records grow old when it fails. */
  stream: boolean;
};

/** Lists what a deployment of a stage has to watch, by name. */
export function watchedOf(shop: Deployment): Watched {
  const http = new Set(
    shop.apis.flatMap(({ methods, authorizers }) => [
      ...methods.flatMap(({ integration }) =>
        integration.kind === 'lambda' ? [integration.functionArn] : [],
      ),
      ...authorizers.map(({ functionArn }) => functionArn),
    ]),
  );
  const streamReaders = new Set(
    shop.mappings
      .filter(({ sourceArn }) => sourceArn.includes('/stream/'))
      .map(({ functionArn }) => functionArn),
  );
  const read = new Set(shop.mappings.map(({ sourceArn }) => sourceArn));
  const byName = <T extends { name: string }>(one: T, other: T) => one.name.localeCompare(other.name);
  return {
    functions: shop.functions
      .map(({ name, arn }) => {
        const [, service = '', key = ''] = /^shop-([a-z]+)-[a-z0-9]+-(.+)$/.exec(name) ?? [];
        return { service, key, name, http: http.has(arn), stream: streamReaders.has(arn) };
      })
      .toSorted(byName),
    queues: shop.queues.map(({ name, arn }) => ({ name, reader: read.has(arn) })).toSorted(byName),
    tables: shop.tables.map(({ name }) => name).toSorted(),
    apis: shop.apis.map(({ name, stageName }) => ({ name, stage: stageName })).toSorted(byName),
    topics: shop.topics.map(({ name }) => name).toSorted(),
  };
}

/** The stage that the files are generated from; its name gives way to the variable. */
export const sampleStage = 'dev';

/** A physical name with project and stage left to the stack: `${self:custom.prefix}-order-queue.fifo`. */
export function anyStage(name: string): string {
  return name
    .replace(new RegExp(`^shop-${sampleStage}(?=-|$)`), '${self:custom.prefix}')
    .replace(
      new RegExp(`^shop-([a-z]+)-${sampleStage}(?=-|$)`),
      '${self:custom.project}-$1-${self:provider.stage}',
    );
}

/** A logical id of a name: letters and digits, each word with a capital. */
export const logicalIdOf = (...parts: string[]): string =>
  parts
    .join('-')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
