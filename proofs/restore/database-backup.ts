import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { until } from '../../client/shop-actions.ts';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { postgresUser } from '../../platform/engines/postgres-user.ts';
import { connect, type Login } from '../load/postgres.ts';
import { copyTree, isBackedUp, isLog, writeOwned } from './cluster-files.ts';
import { quoteForConfiguration, quoteForShell } from './quoting.ts';

/** The standby's name, for which the primary's commits wait. */
const standbyName = 'other_zone';
/** Settings that primary and standby must share. */
const replication = { wal_level: 'replica', max_wal_senders: '4', wal_keep_size: '512MB' };

/** Creates the archive's folder, writable for the server, and returns the settings that archive the log at least this often. */
export async function archiving(folder: string, everySeconds: number): Promise<Record<string, string>> {
  await mkdir(dirname(folder), { recursive: true });
  await postgresUser(folder, dirname(folder));
  const part = quoteForShell(join(folder, '%f.part'));
  return {
    ...replication,
    archive_mode: 'on',
    archive_timeout: String(everySeconds),
    // Renamed only when the copy is complete.
    archive_command: `cp %p ${part} && mv ${part} ${quoteForShell(join(folder, '%f'))}`,
  };
}

/**
 * Copies a running cluster with PostgreSQL's low-level backup API, which does not need `pg_basebackup`: start, copy the
 * files, stop, and write the backup label. Returns the bytes copied, once the log that the copy needs is archived.
 */
export async function baseBackup(login: Login, dataDir: string, to: string): Promise<number> {
  const session = await connect(login); // the backup ends with this session
  try {
    await session.query(`SET statement_timeout = '60s'`); // otherwise a failing archive command blocks forever
    await session.query(`SELECT pg_backup_start('restore drill', fast => true)`);
    const bytes = await copyTree(dataDir, to, isBackedUp);
    const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
    await writeOwned(to, 'backup_label', rows[0]?.labelfile ?? '');
    return bytes;
  } finally {
    await session.end();
  }
}

/** Starts a standby on a copy of the backup and makes commits wait until it has flushed them too, like Multi-AZ. */
export async function startStandby(backup: string, folder: string, primary: Login): Promise<Postgres> {
  await copyTree(backup, folder, () => true);
  const connection = `host=127.0.0.1 port=${primary.port} user=postgres password=${primary.password} application_name=${standbyName}`;
  await writeOwned(
    folder,
    'postgresql.auto.conf',
    `primary_conninfo = ${quoteForConfiguration(connection)}\nhot_standby = on\n`,
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
 * Prepares a data folder for recovery from a backup, the archive and, if given, the log that survived. A server started
 * on the folder recovers to the end of the log before it accepts connections.
 */
export async function prepareRecovery(
  backup: string,
  folder: string,
  archive: string,
  survivingLog?: string,
): Promise<void> {
  await copyTree(backup, folder, () => true);
  if (survivingLog !== undefined) await copyTree(survivingLog, join(folder, 'pg_wal'), isLog);
  const command = `cp ${quoteForShell(join(archive, '%f'))} %p`;
  await writeOwned(
    folder,
    'postgresql.auto.conf',
    // No connections before the recovery has ended.
    `restore_command = ${quoteForConfiguration(command)}\nhot_standby = off\n`,
    'a',
  );
  await writeOwned(folder, 'recovery.signal', '');
}
