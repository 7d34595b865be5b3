/** `npm start`: runs the whole shop on this machine until Ctrl-C. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../build/start-error.ts';
import { helpText, type LogLevel, logLevels, type PlatformOptions, readOptions } from './startup/options.ts';
import type { Platform } from './startup/platform.ts';

/** Required by the engines' packages, and to run TypeScript without a build step. */
const minNodeVersion = 24;

async function main(): Promise<void> {
  const startedAt = performance.now();
  if (Number(process.versions.node.split('.')[0]) < minNodeVersion) {
    throw new StartError(
      `Node ${process.versions.node} is too old: run npm start, which uses the Node ${minNodeVersion} that npm ci installs.`,
    );
  }
  const options = readOptions(process.argv.slice(2), process.env, join(import.meta.dirname, '..'));
  if (options === undefined) {
    console.log(helpText);
    return;
  }
  // Imported here: their packages do not load on an older Node.
  const [{ startPlatform }, { setUpShop }, { startMessage }, { writeRunningShop }] = await Promise.all([
    import('./start-platform.ts'),
    import('./startup/set-up-shop.ts'),
    import('./startup/start-message.ts'),
    import('./startup/running-shop.ts'),
  ]);
  const log = logger(options);
  if (!existsSync(join(options.root, '.cache', 'compile')))
    console.log('\nCompiling the stacks and bundling the functions; only the first start takes this long …');
  const exit = exitOnSignal();
  const platform = await startPlatform({
    ...options,
    log,
    onUnexpectedExit: (reason) => exit.withError(`${reason}: the platform stops.`),
  });
  exit.setStop(() => platform.stop());
  try {
    const admin = await setUpShop(platform, { ...options, log });
    const deleteFile = writeRunningShop(options.dataDir, platform, admin);
    exit.setStop(async () => {
      deleteFile();
      await platform.stop();
    });
    console.log(startMessage(platform, admin, options.dataDir, (performance.now() - startedAt) / 1_000));
    if (options.seed && admin.password !== undefined) {
      await seed(platform, { ...admin, password: admin.password });
    }
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

/** Fills an empty shop; after a failure the shop runs on without a catalogue. */
async function seed(platform: Platform, admin: { email: string; password: string }): Promise<void> {
  const { isStocked, seedCatalogue } = await import('../client/demo/catalogue.ts');
  const { ShopClient } = await import('../client/shop-client.ts');
  const shop = new ShopClient(platform.apiUrl);
  try {
    if (await isStocked(shop)) return;
    await seedCatalogue(await shop.signIn(admin.email, admin.password), (line) => console.log(`  ${line}`));
  } catch (error) {
    console.error(`The demo catalogue could not be created: ${(error as Error).message}`);
  }
}

function logger({ logLevel }: PlatformOptions): (level: LogLevel, line: string) => void {
  const maxLevel = logLevels.indexOf(logLevel);
  return (level, line) => {
    if (logLevels.indexOf(level) <= maxLevel)
      console.error(`${new Date().toISOString().slice(11, 23)} ${level} ${line}`);
  };
}

/** npm forwards Ctrl-C to a process that the terminal has signalled already: a second signal this soon is ignored. */
const sameSignalMs = 1_000;

/** Stops the platform and exits on SIGINT, SIGTERM or SIGHUP; a second signal exits at once. */
function exitOnSignal() {
  let stop: () => Promise<void> = async () => {};
  let exiting = false;
  let since = 0;
  const exit = (code: number) => {
    if (exiting && performance.now() - since > sameSignalMs) process.exit(130);
    if (exiting) return;
    exiting = true;
    since = performance.now();
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => exit(0));
  // The test run that forked this process has exited.
  process.once('disconnect', () => exit(0));
  // npm signals the shell that runs this process, and the shell exits without forwarding the signal.
  if (process.env.npm_lifecycle_event !== undefined) onParentExit(() => exit(0));
  return {
    setStop: (newStop: () => Promise<void>) => {
      stop = newStop;
      if (exiting) void stop().then(() => process.exit(0));
    },
    withError: (reason: string) => {
      if (exiting) return;
      console.error(reason);
      exit(1);
    },
  };
}

function onParentExit(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}

await main().catch((error: unknown) => {
  const expected = error instanceof Error && (error.name === 'StartError' || error.name === 'TemplateError');
  console.error(expected ? error.message : error);
  process.exit(1);
});
