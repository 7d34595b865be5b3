import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../local/engines/postgres.ts';

const run = promisify(execFile);

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
  const caFile = await certify(folder, dataDir);
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

/** Makes an authority and the server's certificate with it. Answers the authority's file. */
async function certify(folder: string, dataDir: string): Promise<string> {
  const at = (name: string) => join(folder, name);
  const server = (name: string) => join(dataDir, `server.${name}`);
  const openssl = (...args: string[]) => run('openssl', args);
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-days',
    '2',
    '-subj',
    '/CN=Test',
  );
  await openssl('req', ...newKey, server('key'), '-out', at('csr'), '-subj', '/CN=localhost');
  await writeFile(at('names'), 'subjectAltName=DNS:localhost');
  const signed = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  await openssl('x509', '-req', '-in', at('csr'), ...signed, '-extfile', at('names'), '-out', server('crt'));
  const { uid, gid } = await stat(dataDir);
  await chmod(server('key'), 0o600);
  for (const name of ['key', 'crt']) await chown(server(name), uid, gid);
  return at('ca.crt');
}
