import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A site of an attacker: its DNS server resolves the name to this machine. */
const foreignHost = 'evil.example';
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const timeoutMs = 40_000;

/**
 * The Chromium of this machine. Without one, the tests with a browser are skipped on a developer's machine only: the
 * same requests are then sent without a browser. @throws Error in CI
 */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
  if (found === undefined && process.env['CI'])
    throw new Error('CI needs Chromium: apt-get install chromium');
  return found;
}

/** A request that a page sends. */
export type PageRequest = {
  name: string;
  url: string;
  init?: { method?: string; headers?: Record<string, string>; body?: string; mode?: 'cors' | 'no-cors' };
};
/** What the page sees: the response, or `blocked` by the browser. */
export type PageResponse = { name: string; status: number; text: string } | { name: string; blocked: string };

const pageOf = (requests: readonly PageRequest[]) => `<!doctype html><title>evil</title><script type="module">
const requests = ${JSON.stringify(requests).replaceAll('<', '\\u003c')};
const results = await Promise.all(requests.map(async ({ name, url, init }) => {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10000) });
    return { name, status: response.status, text: (await response.text()).slice(0, 200) };
  } catch (error) {
    return { name, blocked: String(error.message) };
  }
}));
await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
</script>`;

/** Opens a page of another site in headless Chromium, which sends the requests. @throws Error when it does not report back */
export async function sendFromForeignPage(
  chromium: string,
  requests: readonly PageRequest[],
): Promise<PageResponse[]> {
  let report: (text: string) => void = () => {};
  const reported = new Promise<string>((resolve) => {
    report = resolve;
  });
  const site = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray()).toString();
    outgoing
      .writeHead(200, { 'Content-Type': 'text/html' })
      .end(incoming.url === '/' ? pageOf(requests) : '');
    if (incoming.url === '/results') report(body);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const browser = spawn(
    chromium,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      `--host-resolver-rules=MAP ${foreignHost} 127.0.0.1`,
      '--remote-debugging-port=0',
      `http://${foreignHost}:${port}/`,
    ],
    { stdio: 'ignore' },
  );
  const ended = once(browser, 'exit');
  try {
    const text = await Promise.race([
      reported,
      new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('Chromium did not report back')), timeoutMs).unref();
      }),
    ]);
    return JSON.parse(text) as PageResponse[];
  } finally {
    browser.kill('SIGKILL');
    await ended;
    site.closeAllConnections();
    site.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
