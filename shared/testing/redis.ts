import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { aCertificate } from './certificate.ts';
import { eventually } from './eventually.ts';

/** The `redis-server` on the PATH; undefined when it is not installed. */
export const redisServer = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((file) => existsSync(file));

/** A port on 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export type RunningRedis = { host: string; port: number; stop(): Promise<void> };

/** Starts a Redis without persistence. @throws Error when redis-server is not installed, or does not start */
export async function startRedis(options: string[] = []): Promise<RunningRedis> {
  const program = redisServer();
  if (program === undefined) throw new Error('redis-server is not on the PATH: apt-get install redis-server');
  const port = await freePort();
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...options],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = once(server, 'exit');
  let output = '';
  server.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => {
    if (!output.includes('Ready to accept connections')) throw new Error(`redis-server: ${output}`);
  });
  return {
    host: '127.0.0.1',
    port,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}

/** Starts a Redis that is stopped after the test file. */
export async function aRedis(options: string[] = []): Promise<{ host: string; port: number }> {
  const { host, port, stop } = await startRedis(options);
  afterAll(stop);
  return { host, port };
}

/**
 * Starts a Redis as ElastiCache runs one in cluster mode: TLS only, with a token, and nodes that are announced by their
 * host names. One node has all the slots.
 */
export async function aRedisCluster(token: string): Promise<{ host: string; port: number; caFile: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-cluster-'));
  const { caFile, keyFile, certificateFile } = await aCertificate(folder);
  const port = await freePort();
  const options = {
    'tls-port': port,
    port: 0,
    'tls-cert-file': certificateFile,
    'tls-key-file': keyFile,
    'tls-ca-cert-file': caFile,
    'tls-auth-clients': 'no',
    requirepass: token,
    dir: folder,
    'cluster-enabled': 'yes',
    'tls-cluster': 'yes',
    'cluster-announce-hostname': 'localhost',
    'cluster-preferred-endpoint-type': 'hostname',
    // By default the bus has the port + 10,000, which may not exist.
    'cluster-port': await freePort(),
  };
  await aRedis(Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]));
  const node = new Redis({
    host: 'localhost',
    port,
    password: token,
    tls: { ca: await readFile(caFile, 'utf8') },
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  await node.cluster('ADDSLOTSRANGE', 0, 16_383);
  await eventually(async () => expect(await node.cluster('INFO')).toContain('cluster_state:ok'));
  node.disconnect();
  return { host: 'localhost', port, caFile };
}
