import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const dataDir = mkdtempSync(join(tmpdir(), 'running-shop-'));
const received: string[] = [];
const shop = createServer((incoming, outgoing) => {
  received.push(`${incoming.method} ${incoming.url}`);
  outgoing.writeHead(503, { 'Content-Type': 'application/json' }).end('{}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  const running = {
    pid: process.pid,
    apiUrl: url,
    consoleUrl: url,
    adminEmail: 'a@shop.example',
    adminPassword: 'p',
  };
  writeFileSync(join(dataDir, 'running.json'), JSON.stringify(running));
});
afterAll(() => {
  shop.close();
  rmSync(dataDir, { recursive: true });
});

/** The output of a program of the project. */
function outputOf(program: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { SHOP_LOCAL_DATA_DIR: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, program), ...args], { env: { ...env, ...environment } });
  return new Promise((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk;
      });
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });
}

describe('the shop that runs on a data folder is found by', () => {
  const programs: [name: string, program: string, request: RegExp | undefined, output: string][] = [
    ['npm run demo', 'operations/demo.ts', /^POST \/api\/v1\//, 'POST /api/v1/auth/login returned 503'],
    [
      'npm run create:report',
      'operations/create-report.ts',
      /^POST \/invoke\//,
      'build-daily-report returned 503',
    ],
    ['npm run reset', 'platform/reset.ts', undefined, 'A shop is running on'],
  ];

  test.each(programs)('%s, by option or environment', async (_, program, request, output) => {
    for (const [args, environment] of [
      [['--data-dir', dataDir], {}],
      [['--data-dir', dataDir], { SHOP_LOCAL_DATA_DIR: '/nowhere' }],
      [[], { SHOP_LOCAL_DATA_DIR: dataDir }],
    ] as const) {
      received.length = 0;
      expect(await outputOf(program, [...args], environment)).toContain(output);
      expect(received.slice(0, 1)).toEqual(request === undefined ? [] : [expect.stringMatching(request)]);
    }
  });

  test.each(programs)('%s, whose help names the option and the variable', async (_, program) => {
    expect(await outputOf(program, ['--help'])).toMatch(/--data-dir PATH[\s\S]*SHOP_LOCAL_DATA_DIR, \.local/);
  });

  test.each(programs.slice(0, 2))('%s, which reports a missing shop', async (_, program) => {
    expect(await outputOf(program, ['--data-dir', join(dataDir, 'none')])).toContain(
      'No shop is running here',
    );
  });
});
