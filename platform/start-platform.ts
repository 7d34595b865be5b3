import { join } from 'node:path';
import { type Bundler, startBundler } from '../build/bundle/bundler.ts';
import { compileStacks } from '../build/compile/compile-stacks.ts';
import type { Deployment } from '../build/deployment.ts';
import { resolveDeployment } from '../build/template/resolve-deployment.ts';
import type { AwsEndpoint } from './aws-endpoint/aws-endpoint.ts';
import { startControl } from './control/control.ts';
import { choosePort } from './engines/ports.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import type { HostPool } from './host/host-pool.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import type { LogLevel, PlatformOptions } from './options.ts';
import { internalQueueName } from './provision/internal-queues.ts';
import { provision } from './provision/provision.ts';
import { withSecretValues } from './provision/secret-references.ts';
import { SecretStore } from './provision/secret-store.ts';
import { type AsyncEvents, asyncEvents } from './sources/async-events.ts';
import { asyncRules } from './sources/async-rules.ts';
import { openSourceStore } from './sources/source-store.ts';
import { type Sources, startSources } from './sources/start-sources.ts';
import { type Base, startBase } from './startup/base.ts';
import { makeCustomResources } from './startup/custom-resources.ts';
import { databaseHost, startDatabase } from './startup/database.ts';
import { defineFunctions } from './startup/functions.ts';
import { connectPayments } from './startup/payments.ts';
import { atMost, type Stops, settled, stopList } from './startup/stops.ts';

export type StartOptions = PlatformOptions & {
  log: (level: LogLevel, line: string) => void;
  /** Stacks in their order, relative to the root; default is what `serverless-compose.yml` names. */
  stacks?: string[];
  /** False for stacks without PostgreSQL. */
  database?: boolean;
  /** PostgreSQL's settings over those of a laptop. */
  databaseSettings?: Readonly<Record<string, string>>;
  /** Told when an engine ended by itself: the platform is of no use any more and should be stopped. */
  onUnexpectedExit?: (reason: string) => void;
};

/** A running shop. Addresses are `http://127.0.0.1:port`. */
export type Platform = {
  apiUrl: string;
  consoleUrl: string;
  awsUrl: string;
  paymentsUrl: string;
  deployment: Deployment;
  awsEndpoint: AwsEndpoint;
  pool: HostPool;
  mailbox: Mailbox;
  stop: () => Promise<void>;
};

/** Waits between the attempts of asynchronous events: a laptop's share of Lambda's one and two minutes. */
const RETRY_DELAYS_MS = [1_000, 2_000] as const;
/** How long event sources and the API may take to end what they have in work. */
const GRACE_MS = 3_000;

/**
 * Starts the whole shop from its compiled stacks: engines, functions, API, event sources and control interface.
 * When a step fails, what was started before is stopped again.
 * @throws StartError with one line that says what to do
 */
export async function startPlatform(options: StartOptions): Promise<Platform> {
  const stops = stopList((error) => options.log('error', `stopping: ${(error as Error).message}`));
  try {
    return { ...(await start(options, stops)), stop: stops.run };
  } catch (error) {
    await stops.run();
    throw error;
  }
}

async function start(options: StartOptions, stops: Stops): Promise<Omit<Platform, 'stop'>> {
  const { root, dataDir, stage, region, log } = options;
  const secrets = SecretStore.open(join(dataDir, 'secrets.json'));
  let asynchronous: AsyncEvents | undefined;
  const [stacks, postgresPort, base] = await settled([
    compileStacks({ root, stage, region, ...(options.stacks ? { directories: options.stacks } : {}) }),
    choosePort('PostgreSQL'),
    startBase(options, stops, secrets, () => asynchronous),
  ]);
  const { awsEndpoint, messaging, dynamoUrl, pool, payments, mailbox } = base;
  const resolved = resolveDeployment(stacks, surroundings(options, base, postgresPort));
  await secrets.ensure(resolved.secrets);
  const deployment = withSecretValues(resolved, secrets);
  const [bundler] = await settled([
    startBundler({ root, functions: deployment.functions }).then((started) => {
      stops.add('engines', () => started.stop());
      return started;
    }),
    provision(deployment, { dynamoUrl, messaging }),
    options.database === false ? undefined : startDatabase(options, postgresPort, secrets, stops),
  ]);
  awsEndpoint.use(deployment);
  const redefine = defineFunctions({ options, deployment, bundler, pool, awsEndpoint });
  await makeCustomResources({
    deployment,
    invoke: pool.invoke,
    file: join(dataDir, 'custom-resources.json'),
    log: (line) => log('info', line),
  });
  const { events, sources } = startEvents(options, base, deployment, stops);
  asynchronous = events;
  const gateway = await startGateway({
    port: options.ports.api,
    region,
    accountId: options.accountId,
    apis: deployment.apis,
    invoke: pool.invoke,
    onError: (error) => log('error', `API: ${(error as Error).message}`),
  });
  stops.add('entrances', () => atMost(GRACE_MS, gateway.close()));
  connectPayments({ payments, secrets, deployment, apiUrl: gateway.url });
  const { counts, faults, published } = awsEndpoint;
  const control = await startControl({
    port: options.ports.console,
    addresses: { api: gateway.url, aws: awsEndpoint.url, payments: payments.url },
    deployment,
    pool,
    events,
    sources,
    messaging,
    mailbox,
    counts,
    faults,
    published,
    secretValue: (id) => secrets.value(id),
  });
  stops.add('entrances', () => control.stop());
  if (options.watch) stops.add('entrances', follow(bundler, redefine, gateway, log));
  return {
    apiUrl: gateway.url,
    consoleUrl: control.url,
    awsUrl: awsEndpoint.url,
    paymentsUrl: payments.url,
    deployment,
    awsEndpoint,
    pool,
    mailbox,
  };
}

/** What the stacks are told of the machine, where on AWS an operator's parameters tell it. */
function surroundings(
  { region, accountId, stage, project, dataDir }: StartOptions,
  base: Base,
  postgresPort: number,
) {
  const host = databaseHost(dataDir, postgresPort);
  const port = String(postgresPort);
  return {
    region,
    accountId,
    stage,
    project,
    parameters: {
      Databases: 'external',
      UsersDbHost: host,
      UsersDbPort: port,
      OrdersDbHost: host,
      OrdersDbPort: port,
      PaymentProviderUrl: base.payments.url,
      ImageBaseUrl: `${base.awsEndpoint.url}/_images`,
    },
    queueUrlBase: base.awsEndpoint.url,
  };
}

function startEvents(
  { dataDir, log }: StartOptions,
  { messaging, dynamoUrl, awsEndpoint, pool }: Base,
  deployment: Deployment,
  stops: Stops,
): { events: AsyncEvents; sources: Sources } {
  const store = openSourceStore(join(dataDir, 'sources.db'));
  stops.add('engines', () => store.close());
  const events = asyncEvents({
    invoke: pool.invoke,
    store,
    rulesOf: asyncRules(deployment, messaging),
    retryDelaysMs: RETRY_DELAYS_MS,
    onDropped: ({ functionName, payload }, reason) =>
      log(
        'error',
        `${functionName}: an event is given up after its last attempt: ${reason} ${payload.slice(0, 300)}`,
      ),
  });
  stops.add('entrances', () => events.stop());
  const sources = startSources({
    deployment,
    messaging,
    dynamoUrl,
    objects: awsEndpoint.objects,
    invoke: pool.invoke,
    events,
    store,
    queueOfSubscription: ({ endpointArn, topicArn }) => ({
      url: messaging.queue(internalQueueName(endpointArn, topicArn))?.url ?? '',
    }),
    onError: (source, error) => log('error', `${source}: ${(error as Error).message}`),
  });
  stops.add('entrances', () => atMost(GRACE_MS, sources.stop()));
  return { events, sources };
}

/** Watch mode: the next invocation of a changed function runs its new bundle. */
function follow(
  bundler: Bundler,
  redefine: (functionName: string) => void,
  gateway: Gateway,
  log: StartOptions['log'],
): () => void {
  return bundler.watch(
    (changed) => {
      for (const { functionName } of changed) redefine(functionName);
      gateway.clearAuthorizerCaches();
      log('info', `live: ${changed.map(({ functionName }) => functionName).join(', ')}`);
    },
    (error) => log('error', error.message),
  );
}
