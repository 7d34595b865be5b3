import { setTimeout as pause } from 'node:timers/promises';
import { Account } from '../emulator/account.ts';
import { deployDatabases, type Fixtures, startFixtures } from '../emulator/fixtures.ts';
import { type Emulator, startMinistack } from '../emulator/ministack.ts';
import {
  compiledDeployment,
  compiledStacks,
  connectFixtures,
  routeApiEntry,
  setUp,
} from '../emulator/set-up-shop.ts';
import { Workspace } from '../emulator/workspace.ts';
import { step } from '../steps.ts';
import { incompatibilities } from './compatibility.ts';
import { openPayments } from './confirmations.ts';
import { holdQueues } from './held-queues.ts';
import { differences, type Observed } from './ledger.ts';
import { type Load, startLoad } from './load.ts';
import { observe, type Viewpoint } from './observe.ts';
import { checkOut } from './release.ts';
import { type Deployed, printFigures } from './table.ts';

/** Which commits, and how far to go. */
export type Options = { previous: string; current: string; stage: string; andBack: boolean };

/** Customers go on for so long after a deployment, on the release that it left. */
const afterwardsMs = 5_000;
/**
 * How long events may take to be through once nobody orders: a queue gives a message again that was lost with its
 * function after a minute, twice at most before it is a dead letter.
 */
const settleMs = 180_000;
const lookEveryMs = 1_000;
/** Each configures every function, so that a deployment replaces them all, also those whose code did not change. */
const logLevels = { previous: 'INFO', current: 'WARN' };

/** Where one release is deployed to, and from. */
type Scene = {
  emulator: Emulator;
  account: Account;
  fixtures: Fixtures;
  stage: string;
  previous: Workspace;
  current: Workspace;
};

/** Deploys one release over the other under load. @throws Error that says in what the shop broke its promises */
export async function proveUpgrade(workspace: Workspace, options: Options): Promise<void> {
  const { stage } = options;
  const releases = await step(
    'lay out the releases',
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
    await step('compare what the releases ask for', async () => {
      const [was, is] = [
        await compiledStacks(previous, emulator.region, stage),
        await compiledStacks(current, emulator.region, stage),
      ];
      mustBeDeployable(releases.previous.title, releases.current.title, incompatibilities(was, is));
    });
    const account = new Account(emulator);
    await underLoad({ emulator, account, fixtures, stage, previous, current }, options.andBack);
  } finally {
    await fixtures?.stop();
    await emulator.stop();
  }
}

function mustBeDeployable(previous: string, current: string, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  const lines = reasons.map((each) => `  ${each}`).join('\n');
  throw new Error(
    `The release\n  ${current}\ncannot be deployed over\n  ${previous}\nbecause\n${lines}\nName a later release with --from.`,
  );
}

async function underLoad(scene: Scene, andBack: boolean): Promise<void> {
  const { emulator, account, fixtures, stage, previous, current } = scene;
  const deploy = (release: Workspace) => release.command('oslsc', ['deploy'], release.root, stage);

  await step('deploy the previous release (npx oslsc deploy)', async () => {
    await deployDatabases(previous, account, fixtures, stage);
    await deploy(previous);
  });
  const { admin } = await step('set it up (npm run setup)', async () => {
    await connectFixtures(fixtures, account, await compiledDeployment(previous, emulator, stage));
    return setUp(previous, stage);
  });
  const login = { email: admin.email, password: admin.password ?? '' };
  const load = await step('let customers in', () => startLoad(fixtures.apiEntry.url, login));
  const deployed: Deployed = { handedOver: {}, confirmed: 0, times: [] };
  const deployUnderLoad = async (name: string, work: () => Promise<void>) => {
    const started = performance.now();
    await step(`${name} under load`, work);
    deployed.times.push({ name, ms: performance.now() - started });
    await pause(afterwardsMs);
  };
  try {
    const open = await step('leave payments to be confirmed', () =>
      openPayments(load, fixtures.payments.url),
    );
    const held = await step('hold events back for the current release', () => holdQueues(account));
    await deployUnderLoad('deploy the current release over it', async () => {
      await held.releaseWhile(deploy(current));
      // The domain's routes go to new APIs last, as the edge is the last stack but one.
      await routeApiEntry(fixtures.apiEntry, account, await compiledDeployment(current, emulator, stage));
      await setUp(current, stage);
    });
    await open.confirm();
    Object.assign(deployed, { handedOver: held.handedOver, confirmed: open.count });
    if (andBack) await deployUnderLoad('deploy the previous release over that', () => deploy(previous));
  } finally {
    await step('let the customers finish', () => load.stop());
  }
  const endedAt = Date.now();
  const viewpoint = { fixtures, account, admin: login };
  const seen = await step('wait until every event is handled', () => settled(load, viewpoint));
  const faults = printFigures(load, endedAt, seen, deployed);
  if (faults.length > 0) throw new Error(faults.slice(0, 50).join('\n'));
}

/** Looks until the shop kept every promise, or as long as events may take. */
async function settled(load: Load, viewpoint: Viewpoint): Promise<Observed> {
  const end = Date.now() + settleMs;
  for (;;) {
    const seen = await observe(load, viewpoint);
    if (differences(load.wishes, seen).length === 0 || Date.now() > end) return seen;
    await pause(lookEveryMs);
  }
}
