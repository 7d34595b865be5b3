import { join } from 'node:path';
import { type Bundler, startBundler } from '../build/bundle/bundler.ts';
import { compileStacks } from '../build/compile/compile-stacks.ts';
import type { Deployment } from '../build/deployment.ts';
import { resolveDeployment } from '../build/template/resolve-deployment.ts';
import { consolePage, consoleRoutes } from './console/routes.ts';
import { controlRoutes } from './control/routes.ts';
import { startControlServer } from './control/server.ts';
import { choosePort } from './engines/ports.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { internalQueueName } from './provision/internal-queues.ts';
import { provision } from './provision/provision.ts';
import { SecretStore } from './provision/secret-store.ts';
import { type AsyncEvents, asyncEvents } from './sources/async-events.ts';
import { asyncRules } from './sources/async-rules.ts';
import { openSourceStore } from './sources/source-store.ts';
import { type Sources, startSources } from './sources/start-sources.ts';
import { readAdministrator } from './startup/administrator.ts';
import { connectPayments } from './startup/connect-payments.ts';
import { type CoreServices, startCoreServices } from './startup/core-services.ts';
import { deployCustomResources } from './startup/custom-resources.ts';
import { closeDataFolder } from './startup/data-folder.ts';
import { databaseHost, startDatabase } from './startup/database.ts';
import { defineFunctions } from './startup/define-functions.ts';
import type { Platform, StartOptions } from './startup/platform.ts';
import { allSettled, createShutdown, type Shutdown, waitAtMost } from './startup/shutdown.ts';

/** Delays between the attempts of asynchronous invocations, in place of Lambda's one and two minutes. */
const retryDelaysMs = [1_000, 2_000] as const;
/** How long event sources and the API may take to complete running work. */
const graceMs = 3_000;

/**
 * Starts the whole shop from its compiled stacks: engines, functions, API, event sources and control interface.
 * If a step fails, everything started before is stopped again.
 * @throws StartError with one line that says what to do
 */
export async function startPlatform(options: StartOptions): Promise<Platform> {
  const shutdown = createShutdown((error) => options.log('error', `shutdown: ${(error as Error).message}`));
  try {
    return { ...(await start(options, shutdown)), stop: shutdown.run };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(options: StartOptions, shutdown: Shutdown): Promise<Omit<Platform, 'stop'>> {
  const { dataDir, region, log } = options;
  closeDataFolder(dataDir);
  const secrets = SecretStore.open(join(dataDir, 'secrets.json'));
  let asynchronous: AsyncEvents | undefined;
  const [stacks, postgresPort, core] = await allSettled([
    compileStacks({
      root: options.root,
      stage: options.stage,
      region,
      ...(options.stacks ? { directories: options.stacks } : {}),
    }),
    choosePort('PostgreSQL'),
    startCoreServices(options, shutdown, secrets, () => asynchronous),
  ]);
  const { awsEndpoint, pool, payments, mailbox } = core;
  const deployment = resolveDeployment(stacks, deploymentInputs(options, core, postgresPort));
  await secrets.ensure(deployment.secrets);
  const { bundler, redefine } = await deploy(deployment, options, core, shutdown, () =>
    startDatabase(options, postgresPort, secrets, shutdown),
  );
  const { events, sources } = startEventSources(options, core, deployment, shutdown);
  asynchronous = events;
  const gateway = await startGateway({
    port: options.ports.api,
    region,
    accountId: options.accountId,
    apis: deployment.apis,
    invoke: pool.invoke,
    onError: (error) => log('error', `API: ${(error as Error).message}`),
  });
  shutdown.add('inbound', () => waitAtMost(graceMs, gateway.close()));
  connectPayments({ payments, secrets, deployment, apiUrl: gateway.url });
  const addresses = { api: gateway.url, aws: awsEndpoint.url, payments: payments.url };
  const control = await startControlServer({
    port: options.ports.console,
    secret: core.controlSecret,
    routes: {
      ...controlRoutes({ ...core, addresses, deployment, events, sources }),
      ...consoleRoutes({ apiUrl: gateway.url, mailbox, administrator: () => readAdministrator(dataDir) }),
    },
    openRoutes: consolePage(addresses, mailbox),
  });
  shutdown.add('inbound', () => control.stop());
  if (options.watch) shutdown.add('inbound', watchSources(bundler, redefine, gateway, log));
  return {
    apiUrl: gateway.url,
    consoleUrl: control.url,
    controlSecret: core.controlSecret,
    awsUrl: awsEndpoint.url,
    paymentsUrl: payments.url,
    deployment,
    awsEndpoint,
    pool,
  };
}

/**
 * Creates the resources, functions and custom resources of the stacks.
 * @returns the bundler, and a function that defines a function again from its newest bundle
 */
async function deploy(
  deployment: Deployment,
  options: StartOptions,
  { awsEndpoint, messaging, dynamoUrl, pool }: CoreServices,
  shutdown: Shutdown,
  database: () => Promise<unknown>,
): Promise<{ bundler: Bundler; redefine: (functionName: string) => void }> {
  const { root, dataDir, log } = options;
  const [bundler] = await allSettled([
    startBundler({ root, functions: deployment.functions }).then((started) => {
      shutdown.add('engines', () => started.stop());
      return started;
    }),
    provision(deployment, { dynamoUrl, messaging }),
    options.database === false ? undefined : database(),
  ]);
  awsEndpoint.use(deployment);
  const redefine = defineFunctions({ options, deployment, bundler, pool, awsEndpoint });
  await deployCustomResources({
    deployment,
    invoke: pool.invoke,
    file: join(dataDir, 'custom-resources.json'),
    log: (line) => log('info', line),
  });
  return { bundler, redefine };
}

/** Stage and parameters of the local deployment; on AWS the operator provides them. */
function deploymentInputs(
  { region, accountId, stage, project, dataDir }: StartOptions,
  core: CoreServices,
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
      PaymentProviderUrl: core.payments.url,
      ImageBaseUrl: `${core.awsEndpoint.url}/_images`,
    },
    queueUrlBase: core.awsEndpoint.url,
  };
}

function startEventSources(
  { dataDir, log }: StartOptions,
  { messaging, dynamoUrl, awsEndpoint, pool }: CoreServices,
  deployment: Deployment,
  shutdown: Shutdown,
): { events: AsyncEvents; sources: Sources } {
  const store = openSourceStore(join(dataDir, 'sources.db'));
  shutdown.add('engines', () => store.close());
  const events = asyncEvents({
    invoke: pool.invoke,
    store,
    rulesOf: asyncRules(deployment, messaging),
    retryDelaysMs,
    onDropped: ({ functionName, payload }, reason) =>
      log(
        'error',
        `${functionName}: an event is dropped after its last attempt: ${reason} ${payload.slice(0, 300)}`,
      ),
  });
  shutdown.add('inbound', () => events.stop());
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
  shutdown.add('inbound', () => waitAtMost(graceMs, sources.stop()));
  return { events, sources };
}

/** Watch mode: the next invocation of a changed function runs its new bundle. @returns a function that stops it */
function watchSources(
  bundler: Bundler,
  redefine: (functionName: string) => void,
  gateway: Gateway,
  log: StartOptions['log'],
): () => void {
  return bundler.watch(
    (changed) => {
      for (const { functionName } of changed) redefine(functionName);
      gateway.clearAuthorizerCaches();
      log('info', `reloaded: ${changed.map(({ functionName }) => functionName).join(', ')}`);
    },
    (error) => log('error', error.message),
  );
}
