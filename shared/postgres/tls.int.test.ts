import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { aTlsPostgres } from '../../platform/engines/fixtures/tls-postgres.ts';
import { eventually } from '../testing/eventually.ts';
import { type DatabaseOptions, postgres } from './database.ts';

const { port, user, password, caFile } = await aTlsPostgres();

async function ask(options: Partial<DatabaseOptions>): Promise<unknown> {
  const database = postgres({
    host: 'localhost',
    port,
    user,
    database: 'postgres',
    password: async () => password,
    tls: 'verify-full',
    caFile,
    maxConnections: 1,
    prepareStatements: false,
    ...options,
  });
  try {
    return await database.query('SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
  } finally {
    await database.end();
  }
}

// The server reads its new settings with a delay, which is long on a busy machine.
beforeAll(() => eventually(() => ask({}), 60_000), 70_000);

describe('a database that demands TLS', () => {
  test('is reached over TLS 1.2 or newer, its certificate verified', async () => {
    expect(await ask({})).toEqual([{ version: expect.stringMatching(/^TLSv1\.[23]$/) }]);
  });

  test('refuses a connection without it', async () => {
    await expect(ask({ tls: 'off' })).rejects.toThrow('no encryption');
  });
});

describe('a client that demands TLS', () => {
  test('refuses a server whose authority it does not know', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'other-authority-'));
    const other = join(folder, 'other.pem');
    await writeFile(other, rootCertificates[0]!);
    await expect(ask({ caFile: other })).rejects.toThrow('unable to verify');
    await rm(folder, { recursive: true });
  });

  test('refuses a server whose certificate is for another name', async () => {
    await expect(ask({ host: '127.0.0.1' })).rejects.toThrow('does not match certificate');
  });

  test('refuses a server that has no TLS', async () => {
    const { hostname, port: plain } = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
    await expect(ask({ host: hostname, port: Number(plain) })).rejects.toThrow('does not support SSL');
  });
});
