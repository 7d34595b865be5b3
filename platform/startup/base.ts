import { join } from 'node:path';
import { type AwsEndpoint, startAwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import { startDynamo } from '../engines/dynamodb.ts';
import { type Messaging, startMessaging } from '../engines/messaging.ts';
import { type HostPool, startHostPool } from '../host/host-pool.ts';
import { Mailbox } from '../mailbox/mailbox.ts';
import { type PaymentsSandbox, startPaymentsSandbox } from '../payments-sandbox/sandbox.ts';
import type { SecretStore } from '../provision/secret-store.ts';
import type { AsyncEvents } from '../sources/async-events.ts';
import type { StartOptions } from '../start-platform.ts';
import { noticeLine } from './notices.ts';
import { type Stops, settled } from './stops.ts';

/** What the platform needs before it knows the stacks. */
export type Base = {
  awsEndpoint: AwsEndpoint;
  messaging: Messaging;
  mailbox: Mailbox;
  pool: HostPool;
  payments: PaymentsSandbox;
  /** The DynamoDB engine's own address. */
  dynamoUrl: string;
};

/** Invocations that share one instance in mode `several`, and instances of one function in mode `single`. */
export const CONCURRENCY = 64;
const INSTANCES_PER_FUNCTION = 8;

/**
 * Starts engines, hosts, payment sandbox and AWS endpoint side by side. `events` answers the queue of asynchronous
 * events once there is one.
 */
export async function startBase(
  options: StartOptions,
  stops: Stops,
  secrets: SecretStore,
  events: () => AsyncEvents | undefined,
): Promise<Base> {
  const { dataDir, ports, log, region, accountId } = options;
  const onUnexpectedExit = (engine: string) => (reason: string) =>
    options.onUnexpectedExit?.(`${engine} ${reason}`);
  const [dynamo, messaging, mailbox, pool, payments] = await settled([
    stopped(
      startDynamo({ dataDir: join(dataDir, 'dynamodb'), onUnexpectedExit: onUnexpectedExit('DynamoDB') }),
      (it) => stops.add('engines', () => it.stop()),
    ),
    stopped(startMessaging({ dataDir: join(dataDir, 'messaging'), region }), (it) =>
      stops.add('engines', () => it.stop()),
    ),
    Mailbox.open(join(dataDir, 'mails')),
    stopped(startPool(options), (it) => stops.add('functions', () => it.stop())),
    // No key lets anybody in until the secret is known.
    stopped(
      startPaymentsSandbox({
        port: ports.payments,
        apiKey: crypto.randomUUID(),
        dataDir: join(dataDir, 'payments'),
        log: (line) => log('info', line),
      }),
      (it) => stops.add('endpoints', () => it.stop()),
    ),
  ]);
  const bucket = `${options.project}-${options.stage}-product-images-${accountId}-${region}`;
  const awsEndpoint = await startAwsEndpoint({
    port: ports.aws,
    region,
    accountId,
    dynamoUrl: dynamo.url,
    messaging,
    mailbox,
    secrets,
    invoke: async (name, payload, { type }) => {
      if (type === 'RequestResponse') return pool.invoke(name, payload);
      events()?.accept(name, payload);
      return { payload: '' };
    },
    images: { bucket, prefixes: ['renditions/'] },
    log: (line) => log('warn', line),
  });
  stops.add('endpoints', () => awsEndpoint.stop());
  return { awsEndpoint, messaging, mailbox, pool, payments, dynamoUrl: dynamo.url };
}

function startPool({ hosts, mode, root, log }: StartOptions): Promise<HostPool> {
  return startHostPool({
    hosts,
    concurrency:
      mode === 'several'
        ? { mode, concurrency: CONCURRENCY }
        : { mode, instancesPerFunction: INSTANCES_PER_FUNCTION },
    compileCacheDir: join(root, '.cache', 'v8'),
    onNotice: (notice) => log(notice.level, noticeLine(notice)),
  });
}

/** Registers the stop as soon as the start is over: a neighbour may fail. */
async function stopped<T>(starting: Promise<T>, register: (started: T) => void): Promise<T> {
  const started = await starting;
  register(started);
  return started;
}
