import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
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

/**
 * Starts a Redis without persistence, stopped after the test file.
 * @throws Error when redis-server is not installed
 */
export async function aRedis(): Promise<{ host: string; port: number }> {
  const program = redisServer();
  if (program === undefined) throw new Error('redis-server is not on the PATH: apt-get install redis-server');
  const port = await freePort();
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = once(server, 'exit');
  afterAll(async () => {
    server.kill();
    await ended;
  });
  let output = '';
  server.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => expect(output).toContain('Ready to accept connections'));
  return { host: '127.0.0.1', port };
}
