import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { until } from '../../client/shop-actions.ts';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { postgresUser } from '../../platform/engines/postgres-user.ts';
import { copyTree, isBackedUp, isLog, writeOwned } from './cluster-files.ts';
import { inConfiguration, inShell } from './quoting.ts';

/** A way to PostgreSQL's superuser. */
export type Login = { port: number; password: string };

/** The standby's name, by which the primary knows whom its commits wait for. */
const standbyName = 'other_zone';
/** What sender and standby must agree on. */
const replication = { wal_level: 'replica', max_wal_senders: '4', wal_keep_size: '512MB' };

/** A connection to one of the databases. */
export const connect = async ({ port, password }: Login, database = 'postgres'): Promise<pg.Client> => {
  const client = new pg.Client({ host: '127.0.0.1', port, password, user: 'postgres', database });
  // A server that is killed ends its connections; what is asked of it then fails by itself.
  client.on('error', () => {});
  await client.connect();
  return client;
};

/** Makes the archive's folder, writable for the server, and the settings that fill it at least every so many seconds. */
export async function archiving(folder: string, everySeconds: number): Promise<Record<string, string>> {
  await mkdir(dirname(folder), { recursive: true });
  await postgresUser(folder, dirname(folder));
  const part = inShell(join(folder, '%f.part'));
  return {
    ...replication,
    archive_mode: 'on',
    archive_timeout: String(everySeconds),
    // Under its name only when it is whole.
    archive_command: `cp %p ${part} && mv ${part} ${inShell(join(folder, '%f'))}`,
  };
}

/**
 * Copies a running cluster by the low-level API of PostgreSQL, which needs no `pg_basebackup`: start, copy files, stop,
 * and keep the label that the server gives. Returns once the log that the copy needs is archived.
 */
export async function baseBackup(login: Login, dataDir: string, to: string): Promise<number> {
  const session = await connect(login); // the backup ends with it
  try {
    await session.query(`SET statement_timeout = '60s'`); // an archive that takes nothing would be waited for
    await session.query(`SELECT pg_backup_start('restore drill', fast => true)`);
    const bytes = await copyTree(dataDir, to, isBackedUp);
    const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
    await writeOwned(to, 'backup_label', rows[0]?.labelfile ?? '');
    return bytes;
  } finally {
    await session.end();
  }
}

/**
 * Starts a standby on a copy of the backup and lets no commit be answered before it has flushed it too: what Multi-AZ
 * does by its second volume.
 */
export async function startStandby(backup: string, folder: string, primary: Login): Promise<Postgres> {
  await copyTree(backup, folder, () => true);
  const way = `host=127.0.0.1 port=${primary.port} user=postgres password=${primary.password} application_name=${standbyName}`;
  await writeOwned(
    folder,
    'postgresql.auto.conf',
    `primary_conninfo = ${inConfiguration(way)}\nhot_standby = on\n`,
    'a',
  );
  await writeOwned(folder, 'standby.signal', '');
  const standby = await startPostgres({
    dataDir: folder,
    password: primary.password,
    settings: replication,
  });
  const session = await connect(primary);
  try {
    await session.query(`ALTER SYSTEM SET synchronous_standby_names = '${standbyName}'`);
    await session.query('SELECT pg_reload_conf()');
    await until(
      async () => (await session.query<{ sync_state: string }>('TABLE pg_stat_replication')).rows,
      (rows) => rows.some(({ sync_state }) => sync_state === 'sync'),
    );
  } finally {
    await session.end();
  }
  return standby;
}

/**
 * Lays a backup out for recovery by the archive, and by what is left of the log where some survived. The server
 * recovers to the end of the log when it is started on the folder, and then takes connections.
 */
export async function layOut(
  backup: string,
  folder: string,
  archive: string,
  survivingLog?: string,
): Promise<void> {
  await copyTree(backup, folder, () => true);
  if (survivingLog !== undefined) await copyTree(survivingLog, join(folder, 'pg_wal'), isLog);
  const fetch = `cp ${inShell(join(archive, '%f'))} %p`;
  await writeOwned(
    folder,
    'postgresql.auto.conf',
    // Nobody is let in before the recovery is over.
    `restore_command = ${inConfiguration(fetch)}\nhot_standby = off\n`,
    'a',
  );
  await writeOwned(folder, 'recovery.signal', '');
}
