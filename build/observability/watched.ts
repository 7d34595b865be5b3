import type { Deployment } from '../deployment.ts';

/** The stage's values that alarms and dashboards use. */
export type Settings = {
  project: string;
  stage: string;
  /** Prefix of every physical name: `shop-dev`. */
  prefix: string;
  /** Folder or address of the runbooks. */
  runbooks: string;
  standbyRegion: string;
  size: Record<'usersDb' | 'ordersDb', { connectionsAlarm: number }>;
};

/** Everything in the compiled stacks that needs alarms or a place on a dashboard. */
export type Watched = {
  settings: Settings;
  functions: WatchedFunction[];
  queues: { name: string; reader: boolean }[];
  tables: string[];
  apis: { name: string; stage: string }[];
  /** Topics whose messages are counted. */
  topics: string[];
};
export type WatchedFunction = {
  service: string;
  /** The function's key in serverless.yml. */
  key: string;
  name: string;
  /** Serves a route or authorizes: the API's metrics count its errors. */
  http: boolean;
  /** Reads a stream, where unread records age when it fails. */
  stream: boolean;
  /** Reads a queue or stream: its wrapper reports failed records, so that Lambda's errors are crashes and timeouts. */
  reportsRecords: boolean;
};

/** Lists what to watch in a deployment, sorted by name. */
export function watchedOf(shop: Deployment, settings: Settings): Watched {
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
  const readers = new Set(shop.mappings.map(({ functionArn }) => functionArn));
  const read = new Set(shop.mappings.map(({ sourceArn }) => sourceArn));
  const byName = <T extends { name: string }>(one: T, other: T) => one.name.localeCompare(other.name);
  return {
    settings,
    functions: shop.functions
      .map(({ name, arn }) => {
        const [, service = '', key = ''] = /^shop-([a-z]+)-[a-z0-9]+-(.+)$/.exec(name) ?? [];
        return {
          service,
          key,
          name,
          http: http.has(arn),
          stream: streamReaders.has(arn),
          reportsRecords: readers.has(arn),
        };
      })
      .toSorted(byName),
    queues: shop.queues.map(({ name, arn }) => ({ name, reader: read.has(arn) })).toSorted(byName),
    tables: shop.tables.map(({ name }) => name).toSorted(),
    apis: shop.apis.map(({ name, stageName }) => ({ name, stage: stageName })).toSorted(byName),
    // The alarm topic belongs to the stack that is being compiled.
    topics: [...shop.topics.map(({ name }) => name), `${settings.prefix}-alarms`].toSorted(),
  };
}

/** The logical id for a name: letters and digits, each word capitalised. */
export const logicalIdOf = (...parts: string[]): string =>
  parts
    .join('-')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A name without project, stage and `.fifo`. */
export const shortName = (name: string, prefix: string): string =>
  name.replace(`${prefix}-`, '').replace(/\.fifo$/, '');
