import { chmod, chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { aCertificate } from '../../shared/testing/certificate.ts';
import { startPostgres } from './postgres.ts';

/** A PostgreSQL that refuses connections without TLS, as RDS does with `rds.force_ssl`. */
export type TlsPostgres = { port: number; user: string; password: string; caFile: string };

/** Starts one for a test file, with a certificate for `localhost` by an authority of its own; stopped after the file. */
export async function aTlsPostgres(): Promise<TlsPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'tls-postgres-'));
  await chmod(folder, 0o755); // the engine's own user enters it
  const [dataDir, password] = [join(folder, 'data'), 'of the superuser'];
  const postgres = await startPostgres({ dataDir, password, durable: false });
  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const { caFile, keyFile, certificateFile } = await aCertificate(folder);
  const { uid, gid } = await stat(dataDir);
  for (const [from, to] of [
    [keyFile, join(dataDir, 'server.key')],
    [certificateFile, join(dataDir, 'server.crt')],
  ] as const) {
    await copyFile(from, to);
    await chmod(to, 0o600);
    await chown(to, uid, gid);
  }
  await writeFile(
    join(dataDir, 'pg_hba.conf'),
    'hostssl all all all scram-sha-256\nhostnossl all all all reject\n',
  );
  const { host, port, user } = postgres;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  for (const [name, value] of [
    ['ssl_cert_file', 'server.crt'],
    ['ssl_key_file', 'server.key'],
    ['ssl', 'on'],
  ])
    await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  return { port, user, password, caFile };
}
