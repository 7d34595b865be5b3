/** `npm start`: runs the whole shop on this machine until Ctrl-C. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../build/start-error.ts';
import { HELP, LOG_LEVELS, type LogLevel, type PlatformOptions, readOptions } from './options.ts';
import type { Platform } from './start-platform.ts';

/** What the engines' packages and TypeScript without a build step need. */
const LEAST_NODE = 24;

async function main(): Promise<void> {
  const startedAt = performance.now();
  if (Number(process.versions.node.split('.')[0]) < LEAST_NODE) {
    throw new StartError(
      `Node ${process.versions.node} is too old: run npm start, which uses the Node ${LEAST_NODE} that npm ci installs.`,
    );
  }
  const options = readOptions(process.argv.slice(2), process.env, join(import.meta.dirname, '..'));
  if (options === undefined) {
    console.log(HELP);
    return;
  }
  const [{ startPlatform }, { makeReady }, { greeting }, { noteRunning }] = await Promise.all([
    import('./start-platform.ts'),
    import('./startup/first-start.ts'),
    import('./startup/greeting.ts'),
    import('./startup/running-note.ts'),
  ]);
  const log = logger(options);
  if (!existsSync(join(options.root, '.cache', 'compile')))
    console.log('\nCompiling the stacks and bundling the functions; only the first start takes this long …');
  const ending = endOnSignal();
  const platform = await startPlatform({
    ...options,
    log,
    onUnexpectedExit: (reason) => ending.end(`${reason}: the platform ends.`),
  });
  ending.whenAsked(() => platform.stop());
  try {
    const admin = await makeReady(platform, { ...options, log });
    const forget = noteRunning(options.dataDir, platform, admin);
    ending.whenAsked(async () => {
      forget();
      await platform.stop();
    });
    console.log(greeting(platform, admin, options.dataDir, (performance.now() - startedAt) / 1_000));
    if (options.seed && admin.password !== undefined) {
      await seed(platform, { ...admin, password: admin.password });
    }
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

/** Fills an empty shop; a failure leaves a shop that runs without a catalogue. */
async function seed(platform: Platform, admin: { email: string; password: string }): Promise<void> {
  const { isStocked, seedCatalogue } = await import('../client/demo/catalogue.ts');
  const { ShopClient } = await import('../client/shop-client.ts');
  const shop = new ShopClient(platform.apiUrl);
  try {
    if (await isStocked(shop)) return;
    await seedCatalogue(await shop.signIn(admin.email, admin.password), (line) => console.log(`  ${line}`));
  } catch (error) {
    console.error(`The demo catalogue is not there: ${(error as Error).message}`);
  }
}

function logger({ logLevel }: PlatformOptions): (level: LogLevel, line: string) => void {
  const most = LOG_LEVELS.indexOf(logLevel);
  return (level, line) => {
    if (LOG_LEVELS.indexOf(level) <= most)
      console.error(`${new Date().toISOString().slice(11, 23)} ${level} ${line}`);
  };
}

/** npm hands Ctrl-C on to a process that has it from the terminal already: what comes so soon is the same one. */
const SAME_SIGNAL_MS = 1_000;

/** Ctrl-C and its like stop what runs and then the process; a second one ends at once. */
function endOnSignal() {
  let stop: () => Promise<void> = async () => {};
  let ending = false;
  let since = 0;
  const end = (code: number) => {
    if (ending && performance.now() - since > SAME_SIGNAL_MS) process.exit(130);
    if (ending) return;
    ending = true;
    since = performance.now();
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
  // A test run that started the shop is gone.
  process.once('disconnect', () => end(0));
  // npm hands a signal to the shell between it and this process, and that shell ends without handing it on.
  if (process.env.npm_lifecycle_event !== undefined) onceOrphaned(() => end(0));
  return {
    whenAsked: (how: () => Promise<void>) => {
      stop = how;
      if (ending) void how().then(() => process.exit(0));
    },
    end: (reason: string) => {
      if (ending) return;
      console.error(reason);
      end(1);
    },
  };
}

/** Calls when the parent has ended. */
function onceOrphaned(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 500);
  timer.unref();
}

await main().catch((error: unknown) => {
  const known = error instanceof Error && (error.name === 'StartError' || error.name === 'TemplateError');
  console.error(known ? error.message : error);
  process.exit(1);
});
