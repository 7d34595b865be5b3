/**
 * Measures how long `npm start` takes until the first response, without compile cache and data, and again with both:
 * `npm run bench -- start`. The second start must respond within 5 s. Starts a copy of the project, so that the caches of the
 * working folder do not change.
 */
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execaNode } from 'execa';
import { root } from '../build/stacks.ts';
import { choosePort } from '../platform/engines/ports.ts';
import { printTable } from './measure.ts';
import { finish } from './record.ts';

const timeoutMs = 120_000;

// Inside the project, because PostgreSQL's own user must be able to enter the folder.
const folder = await mkdtemp(join(root, '.local-start-'));
try {
  await copyProject(folder);
  const rows = [];
  for (const start of ['first, nothing cached', 'second', 'third'])
    rows.push({ start, ...(await timeStart()) });
  printTable('Time from `npm start`', rows);
} finally {
  await rm(folder, { recursive: true, force: true });
}
finish('bench-start', 'npm run bench -- start');

async function copyProject(to: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (name.startsWith('.') || name === 'node_modules') continue;
    await cp(join(root, name), join(to, name), {
      recursive: true,
      filter: (path) => !/\/(\.serverless|\.esbuild|\.osls|\.cache)(\/|$)/.test(path.slice(root.length)),
    });
  }
  await symlink(join(root, 'node_modules'), join(to, 'node_modules'));
}

async function timeStart(): Promise<{ 'first response, s': number; 'start message, s': number }> {
  const port = await choosePort('the API');
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const others = ['--console-port', '--aws-port', '--payments-port'].flatMap((flag) => [flag, '0']);
  const shop = execaNode('platform/main.ts', ['--port', String(port), ...others, '--no-seed'], {
    cwd: folder,
    stdin: 'ignore',
    stderr: 'inherit',
    ipc: false,
    reject: false,
  });
  const startMessage = new Promise<number>((resolve, reject) => {
    void shop.then(({ shortMessage }) => reject(new Error(shortMessage ?? 'the shop ended')));
    let output = '';
    shop.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('The shop runs')) resolve(elapsed());
    });
  });
  const firstResponse = waitForResponse(`http://127.0.0.1:${port}/api/v1/products`).then(elapsed);
  try {
    const [response, message] = await Promise.all([firstResponse, startMessage]);
    return { 'first response, s': response, 'start message, s': message };
  } finally {
    shop.kill('SIGTERM');
    await shop;
  }
}

/** Polls every 20 ms until the status is 200. @throws Error after the timeout */
async function waitForResponse(url: string): Promise<void> {
  const end = performance.now() + timeoutMs;
  const isReady = () =>
    fetch(url).then(
      async (response) => {
        await response.text();
        return response.status === 200;
      },
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > end) throw new Error(`${url} is not ready after ${timeoutMs / 1000} s`);
    await pause(20);
  }
}
