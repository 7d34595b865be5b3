import { join } from 'node:path';

type Markup = { text: string };
type Panel = (live: object, name: (physical: string) => string) => Markup;
type Formats = {
  shortName(name: string, live: { project: string; stage: string }): string;
  shortId(id: string): string;
  duration(milliseconds?: number): string;
  money(cents: number, currency: string): string;
  time(instant: string): Markup | '';
};
type Html = {
  html(strings: TemplateStringsArray, ...values: unknown[]): Markup;
  escaped(text: unknown): string;
  link(address: string): string;
};

/** Scripts of the page are plain JavaScript, as browsers take it. */
const script = async <T>(name: string): Promise<T> => (await import(join(import.meta.dirname, name))) as T;

const HOSTILE = `</td></pre></textarea><img src=x onerror="alert(1)" alt='x'><script>alert(2)</script>&\``;
const name = (physical: string) => physical;
const empty = {
  now: '2026-11-21T10:00:00.000Z',
  project: 'shop',
  stage: 'local',
  addresses: {
    api: 'http://127.0.0.1:1',
    aws: 'http://127.0.0.1:2',
    payments: 'http://127.0.0.1:3',
    images: 'http://127.0.0.1:2/_images',
  },
  memoryMb: 1,
  hosts: [],
  pendingEvents: 0,
  functions: [],
  queues: [],
  deadLetters: {},
  topics: [],
  events: [],
  schedules: [],
  mails: { total: 0, rows: [] },
  faults: [],
  calls: { since: '2026-11-21T10:00:00.000Z', allowed: 0, denied: 0, rows: [] },
  pictures: { total: 0, rows: [] },
  reports: [],
  orders: undefined,
};
const at = '2026-11-21T10:00:00.000Z';
const queue = { arn: HOSTILE, ready: 1, inFlight: 1, delayed: 1, listeners: [HOSTILE], redrivesTo: [] };
/** Every text of the page that comes from outside. */
const hostile = {
  ...empty,
  addresses: {
    api: HOSTILE,
    aws: HOSTILE,
    payments: `javascript:${HOSTILE}`,
    images: 'http://127.0.0.1:2/_images',
  },
  hosts: [{ pid: HOSTILE, inFlight: 0 }],
  functions: [{ name: HOSTILE, invocations: 1, errors: 1, lastMs: 1, averageMs: 1 }],
  queues: [
    { name: 'q', deadLetterQueue: HOSTILE, ...queue },
    { ...queue, name: HOSTILE, redrivesTo: ['q'] },
  ],
  deadLetters: { [HOSTILE]: [{ id: HOSTILE, sentAt: at, type: HOSTILE, group: HOSTILE, body: HOSTILE }] },
  topics: [{ name: HOSTILE, published: 1, subscribers: [{ protocol: 'sqs', name: HOSTILE }] }],
  events: [
    {
      key: HOSTILE,
      at: HOSTILE,
      topic: HOSTILE,
      type: HOSTILE,
      aggregateId: HOSTILE,
      sequence: 1,
      message: HOSTILE,
    },
    { key: 'json', at, topic: 't', message: JSON.stringify({ name: HOSTILE }) },
  ],
  schedules: [{ ruleName: HOSTILE, functionName: HOSTILE, at: null }],
  mails: {
    total: 1,
    rows: [{ id: HOSTILE, kind: 'mail', receivedAt: at, to: [HOSTILE], sender: HOSTILE, subject: HOSTILE }],
  },
  faults: [{ id: HOSTILE, kind: HOSTILE, service: HOSTILE, action: HOSTILE, function: HOSTILE, hits: 0 }],
  calls: {
    since: at,
    allowed: 1,
    denied: 1,
    rows: [{ function: HOSTILE, action: HOSTILE, count: 1, denied: 1 }],
  },
  pictures: {
    total: 1,
    rows: [{ id: HOSTILE, at, renditions: [{ key: HOSTILE, width: HOSTILE, format: HOSTILE, bytes: 1 }] }],
  },
  reports: [
    { date: HOSTILE, builtAt: at, byStatus: { paid: 1 }, sums: [{ currency: HOSTILE, revenueCents: 1 }] },
  ],
  orders: {
    byStatus: {},
    rows: [
      {
        id: HOSTILE,
        number: HOSTILE,
        status: HOSTILE,
        lines: 1,
        totalCents: 1,
        currency: HOSTILE,
        placedAt: at,
      },
    ],
  },
};

const panels = async () =>
  Object.entries({
    ...(await script<Record<string, Panel>>('shop-panels.js')),
    ...(await script<Record<string, Panel>>('platform-panels.js')),
  }).filter(([panel]) => panel.endsWith('Panel'));

describe('a panel of the page', () => {
  test('shows what others wrote as text, never as markup', async () => {
    for (const [panel, draw] of await panels()) {
      const { text } = draw(hostile, name);
      expect({ panel, hostile: /<script|<img src=x|onerror="/.test(text) }).toEqual({
        panel,
        hostile: false,
      });
      expect({ panel, address: /(?:href|src)="\s*javascript:/i.test(text) }).toEqual({
        panel,
        address: false,
      });
    }
  });

  test('closes every element that it opens, whatever the texts are', async () => {
    for (const [panel, draw] of await panels()) {
      for (const live of [empty, hostile])
        expect({ panel, open: openElements(draw(live, name).text) }).toEqual({ panel, open: [] });
    }
  });

  test('says why the orders cannot be read', async () => {
    const { ordersPanel } = await script<{ ordersPanel: Panel }>('shop-panels.js');
    expect(ordersPanel({ orders: { problem: 'no <database>' } }, name).text).toContain('no &lt;database&gt;');
  });

  test('has a button for every queue with dead letters, and none without', async () => {
    const { queuesPanel } = await script<{ queuesPanel: Panel }>('platform-panels.js');
    expect(queuesPanel(hostile, name).text.match(/data-action="redrive"/g)).toHaveLength(1);
    expect(queuesPanel({ ...hostile, deadLetters: { q: [] } }, name).text).not.toContain('redrive');
  });

  test('of faults is there only while there are some', async () => {
    const { faultsPanel } = await script<{ faultsPanel: Panel }>('platform-panels.js');
    expect(faultsPanel(empty, name).text).toBe('');
    expect(faultsPanel(hostile, name).text).toContain('data-action="clear-faults"');
  });
});

describe('markup', () => {
  test('escapes every value but what it made itself', async () => {
    const { html } = await script<Html>('html.js');
    const list = ['<a>', '"b"'].map((item) => html`<li title="${item}">${item}</li>`);
    expect(html`<ul>${list}${undefined}${false}${0}</ul>`.text).toBe(
      '<ul><li title="&lt;a&gt;">&lt;a&gt;</li><li title="&quot;b&quot;">&quot;b&quot;</li>0</ul>',
    );
  });

  test('takes no look-alike of itself for markup', async () => {
    const { html } = await script<Html>('html.js');
    expect(html`${{ text: '<b>', toString: () => '<i>' }}`.text).toBe('&lt;i&gt;');
  });

  test('leads to http alone', async () => {
    const { link } = await script<Html>('html.js');
    expect(link('https://a.example/')).toBe('https://a.example/');
    for (const address of [
      'javascript:alert(1)',
      'javascript://%0aalert(1)',
      ' data:text/html,x',
      '//b.example',
    ])
      expect(link(address)).toBe('#');
  });
});

describe('a format', () => {
  test('names a thing by what tells it apart', async () => {
    const { shortName, shortId } = await script<Formats>('format.js');
    const shop = { project: 'shop', stage: 'local' };
    expect(shortName('shop-orders-local-place-order', shop)).toBe('orders/place-order');
    expect(shortName('shop-local-payment-queue.fifo', shop)).toBe('payment-queue.fifo');
    expect(shortName('operator', shop)).toBe('operator');
    expect(shortId('01a1fcc2-27e7-7439-a6d7-f4ae7524c492')).toBe('…7524c492');
  });

  test('measures', async () => {
    const { duration, money, time } = await script<Formats>('format.js');
    expect([undefined, 2.345, 123.4, 2_500].map(duration)).toEqual(['–', '2.3 ms', '123 ms', '2.50 s']);
    expect(money(1_490, 'EUR')).toBe('14.90 EUR');
    expect(time('not a time')).toBe('');
  });
});

const VOID = new Set(['img', 'wbr']);

/** The elements that markup leaves open, or closes out of turn. */
function openElements(text: string): string[] {
  const open: string[] = [];
  for (const [, slash, element = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b/g)) {
    if (slash === '/') {
      if (open.pop() !== element) return [`</${element}>`];
    } else if (!VOID.has(element)) open.push(element);
  }
  return open;
}
