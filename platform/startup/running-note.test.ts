import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const dataDir = mkdtempSync(join(tmpdir(), 'running-note-'));
const asked: string[] = [];
const shop = createServer((incoming, outgoing) => {
  asked.push(`${incoming.method} ${incoming.url}`);
  outgoing.writeHead(503, { 'Content-Type': 'application/json' }).end('{}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  const note = {
    pid: process.pid,
    apiUrl: url,
    consoleUrl: url,
    adminEmail: 'a@shop.example',
    adminPassword: 'p',
  };
  writeFileSync(join(dataDir, 'running.json'), JSON.stringify(note));
});
afterAll(() => {
  shop.close();
  rmSync(dataDir, { recursive: true });
});

/** What a program of the project prints. */
function printed(program: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { SHOP_LOCAL_DATA_DIR: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, program), ...args], { env: { ...env, ...environment } });
  return new Promise((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece) => {
        text += piece;
      });
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });
}

describe('the shop that runs on a data folder is found by', () => {
  const programs: [name: string, program: string, asks: RegExp | undefined, says: string][] = [
    ['npm run demo', 'operations/demo.ts', /^POST \/api\/v1\//, 'The story broke off'],
    ['npm run report', 'operations/report.ts', /^POST \/invoke\//, 'build-daily-report failed'],
    ['npm run reset', 'platform/reset.ts', undefined, 'A shop runs on'],
  ];

  test.each(programs)('%s, by the option or the environment', async (_, program, asks, says) => {
    for (const [args, environment] of [
      [['--data-dir', dataDir], {}],
      [['--data-dir', dataDir], { SHOP_LOCAL_DATA_DIR: '/nowhere' }],
      [[], { SHOP_LOCAL_DATA_DIR: dataDir }],
    ] as const) {
      asked.length = 0;
      expect(await printed(program, [...args], environment)).toContain(says);
      expect(asked.slice(0, 1)).toEqual(asks === undefined ? [] : [expect.stringMatching(asks)]);
    }
  });

  test.each(programs)('%s, whose help names the option and the variable', async (_, program) => {
    expect(await printed(program, ['--help'])).toMatch(/--data-dir PATH[\s\S]*SHOP_LOCAL_DATA_DIR, \.local/);
  });

  test.each(programs.slice(0, 2))('%s, which says so when there is none', async (_, program) => {
    expect(await printed(program, ['--data-dir', join(dataDir, 'none')])).toContain(
      'No shop is running here',
    );
  });
});
