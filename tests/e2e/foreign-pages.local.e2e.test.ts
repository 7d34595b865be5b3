import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { addProduct, ensureCategory } from '../../client/shop-actions.ts';
import { ControlClient } from '../../platform/control/control-client.ts';
import { portsClosedToBrowsers } from '../../platform/engines/unreachable-address.ts';
import {
  findChromium,
  type PageRequest,
  type PageResponse,
  reboundHost,
  sendAfterRebinding,
  sendFromForeignPage,
} from '../setup/chromium.ts';
import { listeningAddresses } from '../setup/listening-addresses.ts';
import { access, control, providerFailures } from './support/control.ts';
import { admin, setting } from './support/shop.ts';

const chromium = findChromium();
const [api, console_, aws, payments] = ['BASE', 'CONTROL', 'AWS', 'PAYMENTS'].map((name) =>
  setting(`E2E_${name}_URL`),
) as [string, string, string, string];
const onLinux = process.platform === 'linux';
const running = () =>
  JSON.parse(readFileSync(join(setting('E2E_DATA_DIR'), 'running.json'), 'utf8')) as { pid: number };

/** The addresses of the engines: every port of the platform except the four documented ones. */
const engines = (): string[] => {
  const documented = [api, console_, aws, payments].map((url) => new URL(url).host);
  return listeningAddresses(running().pid).filter((address) => !documented.includes(address));
};

/** A request in the form of DynamoDB, with a signature that no key made. */
const dynamoDb = (url: string, credential: string): PageRequest => ({
  name: `list the tables at ${url}`,
  url: `${url}/`,
  init: {
    method: 'POST',
    body: '{}',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.ListTables',
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
  },
});

/** What a page of another site learns from the presigned URL of an upload in the shop's own front end. */
async function aPresignedUpload(): Promise<URL> {
  const staff = await admin();
  await ensureCategory(staff, 'attacked', 'Attacked');
  const { productId } = await addProduct(staff, { name: 'Mug', category: 'attacked', cents: 990, stock: 1 });
  const { upload } = await staff.call<{ upload: { url: string } }>('POST', '/api/v1/media/uploads', {
    body: { productId, contentType: 'image/png', bytes: 6, altText: 'A mug' },
  });
  return new URL(upload.url);
}

/** The account that the attacks of a test try to create; another one each time. */
let wantedEmail = '';
const wanted = (): string => {
  wantedEmail = `evil-${randomUUID()}@shop.example`;
  return wantedEmail;
};

const administrator = (email: string) => ({ email, name: 'Evil', roles: ['admin'] });

/** Every request must be refused. `simple` requests need no preflight, so that the browser itself refuses nothing. */
function attacks(presigned: URL): PageRequest[] {
  const from = (name: string) => presigned.searchParams.get(name) ?? '';
  const [bucket = ''] = presigned.pathname.slice(1).split('/');
  const invoke = `${console_}/invoke/shop-users-local-create-user`;
  const body = JSON.stringify(administrator(wanted()));
  const failures = JSON.stringify({ failNext: 1_000 });
  const simple = (name: string, url: string, text: string): PageRequest[] =>
    (['cors', 'no-cors'] as const).map((mode) => ({
      name: `${name} (${mode})`,
      url,
      init: { method: 'POST', body: text, mode },
    }));
  return [
    { name: 'read the state', url: `${console_}/state` },
    { name: 'read the mails', url: `${console_}/mails` },
    { name: 'guess the secret', url: `${console_}/state`, init: { headers: { authorization: 'Bearer x' } } },
    ...simple('create an administrator', invoke, body),
    ...simple('kill a host', `${console_}/hosts/kill`, '{}'),
    { name: "read the provider's ledger", url: `${payments}/_sandbox/ledger` },
    ...simple("change the provider's behaviour", `${payments}/_sandbox/behaviour`, failures),
    ...simple('charge a card', `${payments}/v1/payment_intents`, 'amount=100&currency=eur'),
    dynamoDb(aws, `${from('X-Amz-Credential').split('/')[0]}/20260101/eu-west-1/dynamodb/aws4_request`),
    {
      name: 'write an object with the access key of a presigned URL',
      url: `${aws}/${bucket}/originals/evil`,
      init: {
        method: 'PUT',
        body: 'stolen',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${from('X-Amz-Credential')}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
          'x-amz-date': from('X-Amz-Date'),
          'x-amz-security-token': from('X-Amz-Security-Token'),
        },
      },
    },
    {
      name: 'write another object with a presigned URL',
      url: presigned.href.replace(/originals\/[^?]+/, 'originals/evil'),
      init: { method: 'PUT', body: 'stolen', headers: { 'content-type': 'image/png' } },
    },
  ];
}

/** Sends a request as a page would, without a browser; `host` as after DNS rebinding. */
const sendRaw = ({ name, url, init = {} }: PageRequest, host: string): Promise<PageResponse> =>
  new Promise((resolve, reject) => {
    const headers = {
      ...init.headers,
      host,
      origin: `http://${host === new URL(url).host ? 'evil.example' : host}`,
    };
    const outgoing = send(url, { method: init.method ?? 'GET', headers }, async (incoming) => {
      const text = Buffer.concat(await incoming.toArray())
        .toString()
        .slice(0, 200);
      resolve({ name, status: incoming.statusCode ?? 0, text });
    });
    outgoing.on('error', reject);
    outgoing.end(init.body);
  });

const refused = [400, 401, 403];
/** The requests that got through. A page cannot see the status of a no-cors response, which is 0. */
const passed = (responses: PageResponse[]) =>
  responses.filter((response) => !('blocked' in response) && ![0, ...refused].includes(response.status));

let presigned: URL;
let pids: number[];
beforeAll(async () => {
  presigned = await aPresignedUpload();
  pids = await hostPids();
});
const hostPids = async () => (await control.state()).hosts.map(({ pid }) => pid).toSorted();

/** Nothing that the attacks try has happened. */
async function expectNoEffect(): Promise<void> {
  expect(await providerFailures()).toBe(0);
  expect(await hostPids()).toEqual(pids);
  // Created now, with the secret: no attack has created it before.
  const { payload } = await new ControlClient(access()).send('POST /invoke/:name', {
    name: 'shop-users-local-create-user',
    body: administrator(wantedEmail),
  });
  expect(payload).toMatchObject({ ok: true, response: { result: 'created', email: wantedEmail } });
}

describe('a page of another site', () => {
  test('gets nothing from the documented ports, also without a browser', async () => {
    const all = attacks(presigned);
    expect(passed(await Promise.all(all.map((each) => sendRaw(each, new URL(each.url).host))))).toEqual([]);
    await expectNoEffect();
  });

  test('gets nothing by DNS rebinding, also without a browser', async () => {
    const everywhere = [api, console_, aws, payments].map((url) => ({ name: url, url: `${url}/` }));
    const products = { name: 'products', url: `${api}/api/v1/products` };
    const all = [...attacks(presigned), ...everywhere, products];
    const responses = await Promise.all(
      all.map((each) => sendRaw(each, `evil.example:${new URL(each.url).port}`)),
    );
    expect(responses.filter((each) => 'blocked' in each || each.status !== 403)).toEqual([]);
    await expectNoEffect();
  });

  (onLinux ? test : test.skip)('finds the DynamoDB engine only where no browser connects', () => {
    const closed: readonly number[] = portsClosedToBrowsers;
    const [engine, ...others] = engines().filter((address) => closed.includes(Number(address.split(':')[1])));
    expect(engine).toMatch(/^127\./);
    expect(engine).not.toMatch(/^127\.0\.0\.1:/);
    expect(others).toEqual([]);
  });

  (chromium === undefined ? test.skip : test)('gets nothing in Chromium', async () => {
    const all = attacks(presigned);
    const responses = await sendFromForeignPage(chromium ?? '', all);
    expect(responses).toHaveLength(all.length);
    expect(passed(responses)).toEqual([]);
    await expectNoEffect();
  });

  (chromium === undefined ? test.skip : test).each([
    ['API', api],
    ['console', console_],
    ['AWS endpoint', aws],
    ['payment sandbox', payments],
  ])('gets nothing from the %s by DNS rebinding in Chromium', async (_name, url) => {
    const { host, port } = new URL(url);
    const requests = [...attacks(presigned), { name: 'read', url: `${url}/` }]
      .filter((each) => new URL(each.url).host === host)
      .map((each) => ({ ...each, url: each.url.replace(host, `${reboundHost}:${port}`) }));
    const responses = await sendAfterRebinding(chromium ?? '', Number(port), requests);
    // The page reads every response, so it is the server that refuses, not the browser.
    expect(responses).toEqual(
      requests.map(({ name }) => ({ name, status: 403, text: expect.stringMatching(/host|Forbidden/) })),
    );
    await expectNoEffect();
  });

  (chromium === undefined || !onLinux ? test.skip : test)(
    'gets nothing from any engine in Chromium',
    async () => {
      const requests = engines().flatMap((address) => [
        dynamoDb(`http://${address}`, 'page/20260101/eu-west-1/dynamodb/aws4_request'),
        { name: `read ${address}`, url: `http://${address}/` },
      ]);
      // PostgreSQL and the DynamoDB engine.
      expect(requests.length).toBeGreaterThanOrEqual(4);
      const responses = await sendFromForeignPage(chromium ?? '', requests);
      expect(responses.filter((response) => !('blocked' in response))).toEqual([]);
    },
  );

  (chromium === undefined || !onLinux ? test.skip : test)(
    'is refused by Chromium itself at every port where the DynamoDB engine may listen',
    async () => {
      const open = { 'access-control-allow-origin': '*' };
      const servers = await Promise.all(
        [0, ...portsClosedToBrowsers].map(async (port) => {
          const server = createServer((_request, response) => response.writeHead(200, open).end());
          server.listen(port, '127.99.1.2'); // no other program uses this host
          await once(server, 'listening');
          return server;
        }),
      );
      const ports = servers.map((server) => (server.address() as AddressInfo).port);
      const responses = await sendFromForeignPage(
        chromium ?? '',
        ports.map((port) => ({ name: `port ${port}`, url: `http://127.99.1.2:${port}/` })),
      );
      for (const server of servers) server.close();
      const [control, ...closed] = responses.map((each) => ('blocked' in each ? 'blocked' : each.name));
      expect(control).toBe(`port ${ports[0]}`);
      expect(closed).toEqual(portsClosedToBrowsers.map(() => 'blocked'));
    },
  );

  (chromium === undefined ? test.skip : test)('may read the API like every front end', async () => {
    const [response] = await sendFromForeignPage(chromium ?? '', [
      { name: 'products', url: `${api}/api/v1/products` },
    ]);
    expect(response).toMatchObject({ status: 200 });
  });
});

test("no other user may read the shop's data", () => {
  expect(statSync(setting('E2E_DATA_DIR')).mode & 0o077).toBe(0);
});
