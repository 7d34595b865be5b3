import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '#shared/testing/eventually.ts';
import { startDynamo } from './dynamodb.ts';
import { hostForClients, type Postgres, startPostgres } from './postgres.ts';
import { waitForPreviousProcess } from './previous-process.ts';

const folder = await mkdtemp(join(tmpdir(), 'engines-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const query = async (postgres: Postgres, password: string, statement: string, user = 'postgres') => {
  const { host, port } = postgres;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
};
const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('PostgreSQL', () => {
  const dataDir = join(folder, 'postgres');

  test('keeps committed data and its master users over a restart', async () => {
    const first = await startPostgres({ dataDir, password: 'first' });
    await query(first, 'first', 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.addMasters([{ username: 'master', password: 'old' }]);
    await first.addMasters([{ username: 'master', password: "new'one" }]);
    await first.stop();
    const second = await startPostgres({ dataDir, password: 'first' });
    expect(await query(second, 'first', 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
    expect(await query(second, 'first', 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(
      await query(second, "new'one", 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user', 'master'),
    ).toEqual([{ rolsuper: false }]);
    await expect(query(second, 'old', 'SELECT 1', 'master')).rejects.toThrow(
      'password authentication failed',
    );
    await second.stop();
    expect(isRunning(second.pid)).toBe(false);
  });

  test('listens on a socket, if the path of its folder is short enough', async () => {
    const postgres = await startPostgres({ dataDir, password: 'first' });
    const near = { ...postgres, host: hostForClients(dataDir, postgres.port) };
    expect(await query(near, 'first', 'SELECT inet_client_addr() AS address')).toEqual([{ address: null }]);
    await expect(query(near, 'wrong', 'SELECT 1')).rejects.toThrow('password authentication failed');
    await postgres.stop();
    expect(hostForClients(`/${'long/'.repeat(20)}`, 5432)).toBe('127.0.0.1');
  });

  test('reports a port in use in one line', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const start = startPostgres({ dataDir: join(folder, 'never'), password: 'x', port });
    await expect(start).rejects.toThrow(
      `Port ${port} for PostgreSQL is in use: stop what listens there, or choose another port.`,
    );
    other.close();
  });
});

test('engines exit with their parent, even when it is killed, and start again on the same folder', async () => {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/start-and-wait.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  const [line] = await once(started.stdout, 'data');
  const pids = String(line).trim().split(' ').map(Number);
  expect(pids.map(isRunning)).toEqual([true, true]);
  started.kill('SIGKILL');
  const dynamo = await startDynamo({ dataDir: join(folder, 'dynamodb') });
  await dynamo.stop();
  await eventually(() => expect(pids.map(isRunning)).toEqual([false, false]));
});

test('a folder of a running engine is refused, one of a dead engine is reused', async () => {
  const pidFile = join(folder, 'engine.pid');
  await writeFile(pidFile, `${process.pid}\n`);
  await expect(waitForPreviousProcess(pidFile, 'node', 0)).rejects.toThrow(
    'Another platform uses this data folder',
  );
  await writeFile(pidFile, '999999999\n');
  await waitForPreviousProcess(pidFile, 'node', 0);
  await waitForPreviousProcess(pidFile, 'node', 0);
});
