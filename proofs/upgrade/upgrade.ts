import { setTimeout as pause } from 'node:timers/promises';
import { type CheckedOutCommit, checkOut } from '../../build/git-commit.ts';
import { project } from '../../build/stacks.ts';
import { invokeWith } from '../../client/invoke.ts';
import { newCustomers } from '../../client/new-customer.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { Account } from '../emulator/account.ts';
import {
  deployAccount,
  deployDatabases,
  type Fixtures,
  startFixtures,
  superuserPassword,
} from '../emulator/fixtures.ts';
import { type Emulator, startMinistack } from '../emulator/ministack.ts';
import {
  compiledDeployment,
  compiledStacks,
  connectFixtures,
  routeApiEntry,
  setUp,
} from '../emulator/set-up-shop.ts';
import { Workspace } from '../emulator/workspace.ts';
import { type Check, check } from '../load/expectations.ts';
import { type Load, startLoad } from '../load/load.ts';
import { readState, type ShopAccess, type ShopState } from '../load/shop-state.ts';
import { step } from '../steps.ts';
import { incompatibilities } from './compatibility.ts';
import { openPayments } from './confirmations.ts';
import { holdQueues } from './held-queues.ts';
import { type DeploymentResult, printSummary } from './summary.ts';

export type UpgradeOptions = { previous: string; current: string; stage: string; andBack: boolean };

/** How long the load continues after each deployment. */
const loadAfterMs = 5_000;
/**
 * How long events may take after the load: a message that was lost with its function is delivered again after a minute,
 * at most twice before it becomes a dead letter.
 */
const settleMs = 180_000;
const pollMs = 1_000;
/** Different values, so that the deployment replaces every function, even without a change of its code. */
const logLevels = { previous: 'INFO', current: 'WARN' };
/** About the load that the emulator can serve beside a deployment: one or two orders a second. */
const loadOptions = {
  customers: 3,
  pauseMs: 1_500,
  maxOrders: 2_000,
  stock: [30_000, 30_000, 30_000],
  browse: true,
};

type Scene = {
  emulator: Emulator;
  account: Account;
  fixtures: Fixtures;
  stage: string;
  previous: Workspace;
  current: Workspace;
};

/** Deploys one release over the other under load. @throws Error that lists the violated expectations */
export async function proveUpgrade(workspace: Workspace, options: UpgradeOptions): Promise<void> {
  const { stage } = options;
  const releases = await step(
    'check out the releases',
    async () => ({
      previous: await checkOut(workspace.root, options.previous, workspace.path('previous')),
      current: await checkOut(workspace.root, options.current, workspace.path('current')),
    }),
    ({ previous, current }) => `${previous.title} → ${current.title}`,
  );
  const emulator = await step('start the emulator', () => startMinistack(workspace.root, workspace.folder));
  Object.assign(workspace.environment, emulator.environment);
  let fixtures: Fixtures | undefined;
  try {
    fixtures = await step('start PostgreSQL, payment sandbox and API entry', () =>
      startFixtures(workspace, emulator, stage),
    );
    Object.assign(workspace.environment, { SHOP_DATABASES: 'external' });
    const previous = new Workspace(releases.previous.folder, workspace);
    const current = new Workspace(releases.current.folder, workspace);
    previous.environment['SHOP_LOG_LEVEL'] = logLevels.previous;
    current.environment['SHOP_LOG_LEVEL'] = logLevels.current;
    await step('compare the templates', async () => {
      const before = await compiledStacks(previous, emulator.region, stage);
      const after = await compiledStacks(current, emulator.region, stage);
      mustBeCompatible(releases, incompatibilities(before, after));
    });
    const account = new Account(emulator);
    await upgradeUnderLoad({ emulator, account, fixtures, stage, previous, current }, options.andBack);
  } finally {
    await fixtures?.stop();
    await emulator.stop();
  }
}

function mustBeCompatible(
  { previous, current }: Record<'previous' | 'current', CheckedOutCommit>,
  reasons: readonly string[],
): void {
  if (reasons.length === 0) return;
  const lines = reasons.map((each) => `  ${each}`).join('\n');
  throw new Error(
    `The release\n  ${current.title}\ncannot be deployed over\n  ${previous.title}\nbecause\n${lines}\nName a later release with --from.`,
  );
}

async function upgradeUnderLoad(scene: Scene, andBack: boolean): Promise<void> {
  const { emulator, account, fixtures, stage, previous, current } = scene;
  const deploy = (release: Workspace) => release.command('oslsc', ['deploy'], release.root, stage);
  await step('deploy the previous release (npx oslsc deploy)', async () => {
    await deployAccount(previous);
    await deployDatabases(previous, account, fixtures, stage);
    await deploy(previous);
  });
  const { admin } = await step('set it up (npm run setup)', async () => {
    await connectFixtures(fixtures, account, await compiledDeployment(previous, emulator, stage));
    return setUp(previous, stage);
  });
  const credentials = { email: admin.email, password: admin.password ?? '' };
  const { url } = fixtures.apiEntry;
  const newCustomer = newCustomers(new ShopClient(url), invokeWith(account.lambda), { project, stage });
  const load = await step('start the load', () =>
    startLoad({ ...loadOptions, url, admin: credentials, newCustomer }),
  );
  const result: DeploymentResult = { handedOver: {}, confirmed: 0, times: [] };
  const deployUnderLoad = async (name: string, work: () => Promise<void>) => {
    const started = performance.now();
    await step(`${name} under load`, work);
    result.times.push({ name, ms: performance.now() - started });
    await pause(loadAfterMs);
  };
  try {
    const open = await step('open payments that require confirmation', () =>
      openPayments(load, fixtures.payments.url),
    );
    const held = await step('hold the queues', () => holdQueues(account));
    await deployUnderLoad('deploy the current release', async () => {
      await deployAccount(current);
      await held.releaseDuring(deploy(current));
      // On AWS the routes change last: the edge is the last stack but one.
      await routeApiEntry(fixtures.apiEntry, account, await compiledDeployment(current, emulator, stage));
      await setUp(current, stage);
    });
    await open.confirm();
    Object.assign(result, { handedOver: held.handedOver, confirmed: open.count });
    if (andBack) await deployUnderLoad('deploy the previous release again', () => deploy(previous));
  } finally {
    await step('stop the load', () => load.stop());
  }
  const endedAt = Date.now();
  const { state, checks } = await step('wait until every event is handled', () => settled(load, scene));
  const failures = printSummary(load, endedAt, state, checks, result);
  if (failures.length > 0) throw new Error(failures.slice(0, 50).join('\n'));
}

/** Checks the shop until it meets every expectation, or until events had enough time. */
async function settled(
  load: Load,
  { account, fixtures, stage }: Scene,
): Promise<{ state: ShopState; checks: Check[] }> {
  const access: ShopAccess = {
    aws: account.settings,
    database: { port: fixtures.postgres.port, password: superuserPassword },
    paymentsUrl: fixtures.payments.url,
    controlSecret: fixtures.payments.controlSecret,
    project: 'shop',
    stage,
  };
  const accounts = load.customers.map(({ userId }) => userId);
  const expectations = { orders: load.orders, stock: load.stock, accounts, mayRunOut: false };
  const end = Date.now() + settleMs;
  for (;;) {
    const state = await readState(access);
    const unsent = state.unsent === 0 ? [] : [`${state.unsent} events`];
    const checks = [
      ...check(state, expectations),
      { name: 'DynamoDB outboxes are sent', violations: unsent },
    ];
    if (checks.every(({ violations }) => violations.length === 0) || Date.now() > end)
      return { state, checks };
    await pause(pollMs);
  }
}
