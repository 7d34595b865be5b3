/**
 * How long `npm start` takes until the first request is answered: from nothing (no compile cache, no data), and the
 * second time. `npm run bench:start`. The second start must answer within 5 s.
 *
 * A copy of the project is started, so that the caches of the working folder stay as they are.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePort } from '../platform/engines/ports.ts';
import { printTable } from './measure.ts';

const root = join(import.meta.dirname, '..');
/** A start that takes longer has failed. */
const limitMs = 120_000;

// Under the project, since PostgreSQL's own user must be able to enter it.
const folder = await mkdtemp(join(root, '.local-start-'));
try {
  await copyProject(folder);
  const rows = [];
  for (const start of ['first, nothing cached', 'second', 'third'])
    rows.push({ start, ...(await timeStart()) });
  printTable(rows);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);

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

async function timeStart(): Promise<{ 'first answer, s': number; 'said to run, s': number }> {
  const port = await choosePort('the API');
  const started = performance.now();
  const since = () => (performance.now() - started) / 1000;
  const others = ['--console-port', '--aws-port', '--payments-port'].flatMap((flag) => [flag, '0']);
  const shop = spawn(process.execPath, ['platform/main.ts', '--port', String(port), ...others, '--no-seed'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(shop, 'exit');
  const said = new Promise<number>((resolve, reject) => {
    void exited.then(([code]) => reject(new Error(`the shop ended with ${String(code)}`)));
    let printed = '';
    shop.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.includes('The shop is running')) resolve(since());
    });
  });
  const asked = answers(`http://127.0.0.1:${port}/api/v1/products`, started + limitMs).then(since);
  try {
    const [firstAnswer, saidToRun] = await Promise.all([asked, said]);
    return { 'first answer, s': firstAnswer, 'said to run, s': saidToRun };
  } finally {
    shop.kill('SIGTERM');
    await exited;
  }
}

/** Asks until it is answered. @throws Error when the time is over */
async function answers(url: string, end: number): Promise<void> {
  for (;;) {
    const status = await fetch(url).then(
      async (response) => {
        await response.text();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > end) throw new Error(`${url} is not answered after ${limitMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
