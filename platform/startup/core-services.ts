import { join } from 'node:path';
import { type AwsEndpoint, startAwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import { startDynamo } from '../engines/dynamodb.ts';
import { type Messaging, startMessaging } from '../engines/messaging.ts';
import { type HostPool, startHostPool } from '../host/host-pool.ts';
import { segmentSender, tracedInvoke } from '../host/tracing.ts';
import { newControlSecret } from '../local-access/local-access.ts';
import { Mailbox } from '../mailbox/mailbox.ts';
import { type PaymentsSandbox, startPaymentsSandbox } from '../payments-sandbox/sandbox.ts';
import type { SecretStore } from '../provision/secret-store.ts';
import type { AsyncEvents } from '../sources/async-events.ts';
import { formatOutput } from './function-output.ts';
import type { StartOptions } from './platform.ts';
import { allSettled, type Shutdown } from './shutdown.ts';

/** The parts that start without knowing the stacks. */
export type CoreServices = {
  awsEndpoint: AwsEndpoint;
  messaging: Messaging;
  mailbox: Mailbox;
  pool: HostPool;
  payments: PaymentsSandbox;
  /** The secret of this start. */
  controlSecret: string;
  /** Address of the DynamoDB engine itself. */
  dynamoUrl: string;
};

/** Concurrent invocations of one instance in mode `several`. */
export const concurrency = 64;
/** Instances of one function in mode `single`. */
const instancesPerFunction = 8;

/**
 * Starts engines, function hosts, payment sandbox and AWS endpoint.
 * @param events returns the queue of asynchronous invocations, once there is one
 */
export async function startCoreServices(
  options: StartOptions,
  shutdown: Shutdown,
  secrets: SecretStore,
  events: () => AsyncEvents | undefined,
): Promise<CoreServices> {
  const { dataDir, ports, log, region, accountId } = options;
  const controlSecret = newControlSecret();
  const onUnexpectedExit = (engine: string) => (reason: string) =>
    options.onUnexpectedExit?.(`${engine} ${reason}`);
  const [dynamo, messaging, mailbox, pool, payments] = await allSettled([
    registered(
      startDynamo({ dataDir: join(dataDir, 'dynamodb'), onUnexpectedExit: onUnexpectedExit('DynamoDB') }),
      (engine) => shutdown.add('engines', () => engine.stop()),
    ),
    registered(startMessaging({ dataDir: join(dataDir, 'messaging'), region }), (engine) =>
      shutdown.add('engines', () => engine.stop()),
    ),
    Mailbox.open(join(dataDir, 'mails')),
    registered(startPool(options), (pool) => shutdown.add('functions', () => pool.stop())),
    // A random key refuses every request until the configured one is known.
    registered(
      startPaymentsSandbox({
        port: ports.payments,
        apiKey: crypto.randomUUID(),
        controlSecret,
        dataDir: join(dataDir, 'payments'),
        log: (line) => log('info', line),
      }),
      (sandbox) => shutdown.add('endpoints', () => sandbox.stop()),
    ),
  ]);
  const awsEndpoint = await startAwsEndpoint({
    port: ports.aws,
    region,
    accountId,
    dynamoUrl: dynamo.url,
    messaging,
    mailbox,
    secrets,
    invoke: async (name, payload, { type, traceId = '' }) => {
      if (type === 'RequestResponse') return pool.invoke(name, payload, { traceId });
      events()?.accept(name, payload);
      return { payload: '' };
    },
    log: (line) => log('warn', line),
  });
  shutdown.add('endpoints', () => awsEndpoint.stop());
  return { awsEndpoint, messaging, mailbox, pool, payments, controlSecret, dynamoUrl: dynamo.url };
}

async function startPool({ hosts, mode, root, log, xrayDaemon }: StartOptions): Promise<HostPool> {
  const pool = await startHostPool({
    hosts,
    concurrency: mode === 'several' ? { mode, concurrency } : { mode, instancesPerFunction },
    compileCacheDir: join(root, '.cache', 'v8'),
    onNotice: (notice) => log(notice.level, formatOutput(notice)),
  });
  // Without a daemon no call has to create, parse or pass on a trace.
  return xrayDaemon === '' ? pool : { ...pool, invoke: tracedInvoke(pool.invoke, segmentSender(xrayDaemon)) };
}

/** Registers a part for shutdown as soon as it has started, since another part may fail to start. */
async function registered<T>(starting: Promise<T>, register: (started: T) => void): Promise<T> {
  const started = await starting;
  register(started);
  return started;
}
