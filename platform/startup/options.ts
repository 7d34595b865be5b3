import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { StartError } from '../../build/start-error.ts';

export const logLevels = ['error', 'warn', 'info'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How the platform is started. A port of 0 takes any free one. */
export type PlatformOptions = {
  /** The project's root, absolute. */
  root: string;
  /** Everything that survives a restart, absolute. */
  dataDir: string;
  stage: string;
  project: string;
  region: string;
  accountId: string;
  ports: { api: number; console: number; aws: number; payments: number };
  hosts: number;
  /** `several` concurrent invocations per instance (Lambda Managed Instances), or a `single` one (Lambda). */
  mode: 'several' | 'single';
  /** Reloads changed handlers without a restart. */
  watch: boolean;
  /** The functions' output that is printed; log files contain all of it. */
  logLevel: LogLevel;
  adminEmail: string;
  /** Whether an empty shop is filled with a small catalogue. */
  seed: boolean;
  /** False for temporary data: nothing is flushed to disk. */
  durable: boolean;
};

/** The absolute path of the data folder: from the option, the environment, or `.local` in the project's root. */
export function dataDirOf(
  root: string,
  option: string | undefined,
  environment: Record<string, string | undefined> = process.env,
): string {
  return resolve(root, option ?? environment['SHOP_LOCAL_DATA_DIR'] ?? '.local');
}

/** The defaults of `npm start` in a project's root. */
export function defaultOptions(root: string): PlatformOptions {
  return {
    root,
    dataDir: dataDirOf(root, undefined, {}),
    stage: 'local',
    project: 'shop',
    region: 'eu-west-1',
    accountId: '000000000000',
    ports: { api: 3000, console: 3001, aws: 3002, payments: 3003 },
    hosts: 2,
    mode: 'several',
    watch: true,
    logLevel: 'warn',
    adminEmail: 'admin@shop.example',
    seed: true,
    durable: true,
  };
}

export const helpText = `npm start [-- options]     every option is also an environment variable

Runs the whole shop on this machine: API, database engines, queues, functions, mails, payments.

  --port N             the API                        (SHOP_LOCAL_PORT, 3000; 0 takes any free port)
  --console-port N     control interface and page     (SHOP_LOCAL_CONSOLE_PORT, 3001)
  --aws-port N         AWS endpoint for the functions (SHOP_LOCAL_AWS_PORT, 3002)
  --payments-port N    payment sandbox                (SHOP_LOCAL_PAYMENTS_PORT, 3003)
  --data-dir PATH      where the data is kept         (SHOP_LOCAL_DATA_DIR, .local)
  --hosts N            processes that run functions   (SHOP_LOCAL_HOSTS, 2)
  --mode MODE          several invocations at once in an instance, or a single one  (SHOP_LOCAL_MODE, several)
  --log-level LEVEL    error, warn or info            (SHOP_LOCAL_LOG_LEVEL, warn)
  --admin-email EMAIL  administrator, created at the first start (SHOP_LOCAL_ADMIN_EMAIL, admin@shop.example)
  --no-watch           do not reload changed code (SHOP_LOCAL_WATCH=off)
  --no-seed            start with an empty catalogue  (SHOP_LOCAL_SEED=off)
  --no-flush           do not flush data to disk, for temporary data (SHOP_LOCAL_FLUSH=off)
  --help

npm run reset deletes the data folder. It, npm run demo and npm run report take --data-dir and its variable too.`;

type Values = Record<string, string | boolean | undefined>;

/**
 * Reads each option from the command line, the environment or the defaults, in this order; undefined for `--help`.
 * @throws StartError naming an invalid option and its valid values
 */
export function readOptions(
  args: string[],
  environment: Record<string, string | undefined>,
  root: string,
): PlatformOptions | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const defaults = defaultOptions(root);
  const text = (flag: string, variable: string) =>
    (values[flag] as string | undefined) ?? environment[variable];
  const off = (flag: string, variable: string) =>
    values[flag] === true || ['off', 'false', '0'].includes(environment[variable] ?? '');
  const port = (flag: string, variable: string, fallback: number) =>
    integer(flag, text(flag, variable), fallback, 0, 65_535);
  return {
    ...defaults,
    dataDir: folder('data-dir', dataDirOf(root, values['data-dir'] as string | undefined, environment)),
    ports: {
      api: port('port', 'SHOP_LOCAL_PORT', defaults.ports.api),
      console: port('console-port', 'SHOP_LOCAL_CONSOLE_PORT', defaults.ports.console),
      aws: port('aws-port', 'SHOP_LOCAL_AWS_PORT', defaults.ports.aws),
      payments: port('payments-port', 'SHOP_LOCAL_PAYMENTS_PORT', defaults.ports.payments),
    },
    hosts: integer('hosts', text('hosts', 'SHOP_LOCAL_HOSTS'), defaults.hosts, 1, 32),
    mode: oneOf('mode', text('mode', 'SHOP_LOCAL_MODE'), ['several', 'single'], defaults.mode),
    logLevel: oneOf(
      'log-level',
      text('log-level', 'SHOP_LOCAL_LOG_LEVEL')?.toLowerCase(),
      logLevels,
      defaults.logLevel,
    ),
    adminEmail: email('admin-email', text('admin-email', 'SHOP_LOCAL_ADMIN_EMAIL') ?? defaults.adminEmail),
    watch: !off('no-watch', 'SHOP_LOCAL_WATCH'),
    seed: !off('no-seed', 'SHOP_LOCAL_SEED'),
    durable: !off('no-flush', 'SHOP_LOCAL_FLUSH'),
  };
}

function parse(args: string[]): Values {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: text,
        'console-port': text,
        'aws-port': text,
        'payments-port': text,
        'data-dir': text,
        hosts: text,
        mode: text,
        'log-level': text,
        'admin-email': text,
        'no-watch': flag,
        'no-seed': flag,
        'no-flush': flag,
        help: flag,
      },
    });
    return values;
  } catch (error) {
    throw new StartError(
      `${(error as Error).message.split('. ')[0]}. Run npm start -- --help for the options.`,
    );
  }
}

function folder(name: string, path: string): string {
  if (!existsSync(path) || statSync(path).isDirectory()) return path;
  throw new StartError(`--${name} takes a folder: ${path} is a file.`);
}

function email(name: string, value: string): string {
  if (z.email().safeParse(value).success) return value;
  throw new StartError(`--${name} takes an e-mail address, not ${value}.`);
}

function integer(
  name: string,
  value: string | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  throw new StartError(`--${name} takes an integer from ${min} to ${max}, not ${value}.`);
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new StartError(`--${name} takes ${allowed.join(', ')}, not ${value}.`);
}
