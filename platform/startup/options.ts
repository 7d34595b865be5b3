import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { StartError } from '../../build/start-error.ts';
import { emailAddress } from '../../shared/email.ts';

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
  /** `host:port` of an X-Ray daemon that gets the traces; empty for none. */
  xrayDaemon: string;
  /** Whether an empty shop is filled with a small catalogue. */
  seed: boolean;
  /** False for temporary data: nothing is flushed to disk. */
  durable: boolean;
};

type Setting<T> = {
  name: string;
  variable: string;
  fallback: string;
  schema: z.ZodType<T>;
  /** The valid values, for error messages. */
  takes: string;
  help: string;
};
type Environment = Record<string, string | undefined>;

const port = (name: string, fallback: string, help: string) =>
  integer(name, fallback, 0, 65_535, `port of ${help}`);
const integer = (name: string, fallback: string, min: number, max: number, help: string) =>
  setting(
    name,
    fallback,
    z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max)),
    `an integer from ${min} to ${max}`,
    help,
  );
const oneOf = <const T extends readonly string[]>(
  name: string,
  fallback: T[number],
  values: T,
  help: string,
) => setting(name, fallback, z.string().toLowerCase().pipe(z.enum(values)), values.join(', '), help);
const setting = <T>(
  name: string,
  fallback: string,
  schema: z.ZodType<T>,
  takes: string,
  help: string,
): Setting<T> => ({ name, variable: variableOf(name), fallback, schema, takes, help });
const variableOf = (name: string) => `SHOP_LOCAL_${name.toUpperCase().replaceAll('-', '_')}`;

const settings = {
  api: port('port', '3000', 'the API'),
  console: port('console-port', '3001', 'the console and control interface'),
  aws: port('aws-port', '3002', 'the AWS endpoint for the functions'),
  payments: port('payments-port', '3003', 'the payment sandbox'),
  dataDir: setting('data-dir', '.local', z.string(), 'a folder', 'folder of the data'),
  hosts: integer('hosts', '2', 1, 128, 'processes that run functions'),
  mode: oneOf(
    'mode',
    'several',
    ['several', 'single'],
    'several or single concurrent invocations per instance',
  ),
  logLevel: oneOf('log-level', 'warn', logLevels, 'printed output of the functions: error, warn or info'),
  adminEmail: setting(
    'admin-email',
    'admin@shop.example',
    emailAddress,
    'an e-mail address',
    'administrator, created at the first start',
  ),
  xrayDaemon: setting(
    'xray-daemon',
    '',
    z.string().regex(/^$|^[\w.-]+:\d{1,5}$/),
    'host:port',
    'X-Ray daemon that gets traces (decision 23)',
  ),
};
const flags = {
  watch: 'do not reload changed code',
  seed: 'start with an empty catalogue',
  flush: 'do not flush data to disk, for temporary data',
};

export const helpText = `npm start [-- options]     every option is also an environment variable; port 0 is any free port

Runs the whole shop on this machine: API, database engines, queues, functions, mails, payments.

${[
  ...Object.values(settings).map((one) => [one.name, one.help, `${one.variable}, ${one.fallback}`]),
  ...Object.entries(flags).map(([name, help]) => [`no-${name}`, help, `${variableOf(name)}=off`]),
]
  .map(([name = '', help = '', source]) => `  --${name.padEnd(14)} ${help.padEnd(54)} (${source})`)
  .join('\n')}

npm run reset deletes the data folder. It, npm run demo and npm run create:report take --data-dir and its variable too.`;

/** The absolute path of the data folder: from the option, the environment, or `.local` in the project's root. */
export function dataDirOf(
  root: string,
  option: string | undefined,
  environment: Environment = process.env,
): string {
  const { variable, fallback } = settings.dataDir;
  return resolve(root, option ?? environment[variable] ?? fallback);
}

/** The defaults of `npm start` in a project's root. */
export const defaultOptions = (root: string): PlatformOptions => optionsFrom({}, {}, root);

/**
 * Reads each option from the command line, the environment or the defaults, in this order; undefined for `--help`.
 * @throws StartError naming an invalid option and its valid values
 */
export function readOptions(
  args: string[],
  environment: Environment,
  root: string,
): PlatformOptions | undefined {
  const values = parse(args);
  return values.help === true ? undefined : optionsFrom(values, environment, root);
}

type Values = Record<string, string | boolean | undefined>;

function optionsFrom(values: Values, environment: Environment, root: string): PlatformOptions {
  const read = <T>({ name, variable, fallback, schema, takes }: Setting<T>): T => {
    const text = values[name] ?? environment[variable] ?? fallback;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new StartError(`--${name} takes ${takes}, not ${text}.`);
  };
  const on = (flag: keyof typeof flags) =>
    values[flag] !== false && !['off', 'false', '0'].includes(environment[variableOf(flag)] ?? '');
  const dataDir = resolve(root, read(settings.dataDir));
  if (existsSync(dataDir) && !statSync(dataDir).isDirectory())
    throw new StartError(`--data-dir takes a folder: ${dataDir} is a file.`);
  return {
    root,
    dataDir,
    stage: 'local',
    project: 'shop',
    region: 'eu-west-1',
    accountId: '000000000000',
    ports: {
      api: read(settings.api),
      console: read(settings.console),
      aws: read(settings.aws),
      payments: read(settings.payments),
    },
    hosts: read(settings.hosts),
    mode: read(settings.mode),
    logLevel: read(settings.logLevel),
    adminEmail: read(settings.adminEmail),
    xrayDaemon: read(settings.xrayDaemon),
    watch: on('watch'),
    seed: on('seed'),
    durable: on('flush'),
  };
}

function parse(args: string[]): Values {
  const options = Object.fromEntries([
    ...Object.values(settings).map(({ name }) => [name, { type: 'string' as const }]),
    ...[...Object.keys(flags), 'help'].map((name) => [name, { type: 'boolean' as const }]),
  ]);
  try {
    return parseArgs({ args, options, allowNegative: true }).values as Values;
  } catch (error) {
    throw new StartError(
      `${(error as Error).message.split('. ')[0]}. Run npm start -- --help for the options.`,
    );
  }
}
