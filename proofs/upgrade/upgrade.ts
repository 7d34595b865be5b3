import { setTimeout as pause } from 'node:timers/promises';
import { Account } from '../deploy/account.ts';
import { deployDatabases, type Surroundings, surround } from '../deploy/fixtures.ts';
import { type Emulator, startMinistack } from '../deploy/ministack.ts';
import { compiledDeployment, compiledStacks, introduce, openDoor, setUp } from '../deploy/shop.ts';
import { step } from '../deploy/steps.ts';
import { Workplace } from '../deploy/workspace.ts';
import { openPayments } from './confirmations.ts';
import { holdQueues } from './held-queues.ts';
import { differences, type Observed } from './ledger.ts';
import { type Load, startLoad } from './load.ts';
import { observe, type Viewpoint } from './observe.ts';
import { obstaclesBetween } from './obstacles.ts';
import { layOut } from './release.ts';
import { type Deployed, printFigures } from './table.ts';

/** Which commits, and how far to go. */
export type Options = { former: string; current: string; stage: string; andBack: boolean };

/** Customers go on for so long after a deployment, on the release that it left. */
const afterwardsMs = 5_000;
/**
 * How long events may take to be through once nobody orders: a queue gives a message again that was lost with its
 * function after a minute, twice at most before it is a dead letter.
 */
const settleMs = 180_000;
const lookEveryMs = 1_000;
/** Each configures every function, so that a deployment replaces them all, also those whose code did not change. */
const logLevels = { former: 'INFO', current: 'WARN' };

/** Where one release is deployed to, and from. */
type Scene = {
  emulator: Emulator;
  account: Account;
  around: Surroundings;
  stage: string;
  former: Workplace;
  current: Workplace;
};

/** Deploys one release over the other under load. @throws Error that says in what the shop broke its promises */
export async function proveUpgrade(place: Workplace, options: Options): Promise<void> {
  const { stage } = options;
  const releases = await step(
    'lay out the releases',
    async () => ({
      former: await layOut(place.root, options.former, place.folder('former')),
      current: await layOut(place.root, options.current, place.folder('current')),
    }),
    ({ former, current }) => `${former.title} → ${current.title}`,
  );
  const emulator = await step('start the emulator', () => startMinistack(place.root, place.folder('.')));
  place.useEmulator(emulator);
  let around: Surroundings | undefined;
  try {
    around = await step('start PostgreSQL, payment sandbox and door', () => surround(place, emulator, stage));
    Object.assign(place.environment, { SHOP_DATABASES: 'external' });
    const former = new Workplace(releases.former.folder, place);
    const current = new Workplace(releases.current.folder, place);
    former.environment['SHOP_LOG_LEVEL'] = logLevels.former;
    current.environment['SHOP_LOG_LEVEL'] = logLevels.current;
    await step('compare what the releases ask for', async () => {
      const [was, is] = [
        await compiledStacks(former, emulator.region, stage),
        await compiledStacks(current, emulator.region, stage),
      ];
      mustBeDeployable(releases.former.title, releases.current.title, obstaclesBetween(was, is));
    });
    const account = new Account(emulator);
    await underLoad({ emulator, account, around, stage, former, current }, options.andBack);
  } finally {
    await around?.stop();
    await emulator.stop();
  }
}

function mustBeDeployable(former: string, current: string, obstacles: readonly string[]): void {
  if (obstacles.length === 0) return;
  const reasons = obstacles.map((each) => `  ${each}`).join('\n');
  throw new Error(
    `The release\n  ${current}\ncannot be deployed over\n  ${former}\nsince\n${reasons}\nName a later release with --from.`,
  );
}

async function underLoad(scene: Scene, andBack: boolean): Promise<void> {
  const { emulator, account, around, stage, former, current } = scene;
  const deploy = (release: Workplace) => release.command('oslsc', ['deploy'], release.root, stage);

  await step('deploy the former release (npx oslsc deploy)', async () => {
    await deployDatabases(former, account, around, stage);
    await deploy(former);
  });
  const { admin } = await step('set it up (npm run setup)', async () => {
    await introduce(around, account, await compiledDeployment(former, emulator, stage));
    return setUp(former, stage);
  });
  const login = { email: admin.email, password: admin.password ?? '' };
  const load = await step('let customers in', () => startLoad(around.door.url, login));
  const deployed: Deployed = { handedOver: {}, confirmed: 0, times: [] };
  const deployUnderLoad = async (name: string, work: () => Promise<void>) => {
    const started = performance.now();
    await step(`${name} under load`, work);
    deployed.times.push({ name, ms: performance.now() - started });
    await pause(afterwardsMs);
  };
  try {
    const open = await step('leave payments to be confirmed', () => openPayments(load, around.payments.url));
    const held = await step('hold events back for the current release', () => holdQueues(account));
    await deployUnderLoad('deploy the current release over it', async () => {
      await held.releaseWhile(deploy(current));
      // The domain's routes go to new APIs last, as the edge is the last stack but one.
      await openDoor(around.door, account, await compiledDeployment(current, emulator, stage));
      await setUp(current, stage);
    });
    await open.confirm();
    Object.assign(deployed, { handedOver: held.handedOver, confirmed: open.count });
    if (andBack) await deployUnderLoad('deploy the former release over that', () => deploy(former));
  } finally {
    await step('let the customers finish', () => load.stop());
  }
  const endedAt = Date.now();
  const viewpoint = { around, account, admin: login };
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
