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

/** Scripts of the page are plain JavaScript without types. */
const script = async <T>(name: string): Promise<T> => (await import(join(import.meta.dirname, name))) as T;

const hostileText = `</td></pre></textarea><img src=x onerror="alert(1)" alt='x'><script>alert(2)</script>&\``;
const name = (physical: string) => physical;
const empty = {
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
  orders: { rows: [] },
};
const at = '2026-11-21T10:00:00.000Z';
const queue = {
  arn: hostileText,
  ready: 1,
  inFlight: 1,
  delayed: 1,
  listeners: [hostileText],
  redrivesTo: [],
};
/** A state in which every text from outside is hostile. */
const hostile = {
  ...empty,
  addresses: {
    api: hostileText,
    aws: hostileText,
    payments: `javascript:${hostileText}`,
    images: 'http://127.0.0.1:2/_images',
  },
  hosts: [{ pid: hostileText, inFlight: 0 }],
  functions: [{ name: hostileText, invocations: 1, errors: 1, lastMs: 1, averageMs: 1 }],
  queues: [
    { name: 'q', deadLetterQueue: hostileText, ...queue },
    { ...queue, name: hostileText, redrivesTo: ['q'] },
  ],
  deadLetters: {
    [hostileText]: [
      { id: hostileText, sentAt: at, type: hostileText, group: hostileText, body: hostileText },
    ],
  },
  topics: [{ name: hostileText, published: 1, subscribers: [{ protocol: 'sqs', name: hostileText }] }],
  events: [
    {
      key: hostileText,
      at: hostileText,
      topic: hostileText,
      type: hostileText,
      aggregateId: hostileText,
      sequence: 1,
      message: hostileText,
    },
    { key: 'json', at, topic: 't', message: JSON.stringify({ name: hostileText }) },
  ],
  schedules: [{ ruleName: hostileText, functionName: hostileText, at: null }],
  mails: {
    total: 1,
    rows: [
      {
        id: hostileText,
        receivedAt: at,
        to: [hostileText],
        sender: hostileText,
        subject: hostileText,
      },
    ],
  },
  faults: [
    {
      id: hostileText,
      kind: hostileText,
      service: hostileText,
      action: hostileText,
      function: hostileText,
      hits: 0,
    },
  ],
  calls: {
    since: at,
    allowed: 1,
    denied: 1,
    rows: [{ function: hostileText, action: hostileText, count: 1, denied: 1 }],
  },
  pictures: {
    total: 1,
    rows: [
      {
        id: hostileText,
        at,
        renditions: [{ key: hostileText, width: hostileText, format: hostileText, bytes: 1 }],
      },
    ],
  },
  reports: [
    {
      date: hostileText,
      builtAt: at,
      byStatus: { paid: 1 },
      sums: [{ currency: hostileText, revenueCents: 1 }],
    },
  ],
  orders: {
    rows: [
      {
        id: hostileText,
        number: hostileText,
        status: hostileText,
        pieces: 1,
        totalCents: 1,
        currency: hostileText,
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
  test('escapes every text that comes from outside', async () => {
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

  test('closes every element for any text', async () => {
    for (const [panel, draw] of await panels()) {
      for (const live of [empty, hostile])
        expect({ panel, open: openElements(draw(live, name).text) }).toEqual({ panel, open: [] });
    }
  });

  test('shows why orders cannot be read', async () => {
    const { ordersPanel } = await script<{ ordersPanel: Panel }>('shop-panels.js');
    expect(ordersPanel({ orders: { problem: 'no <database>' } }, name).text).toContain('no &lt;database&gt;');
  });

  test('has a redrive button for exactly the queues with dead letters', async () => {
    const { queuesPanel } = await script<{ queuesPanel: Panel }>('platform-panels.js');
    expect(queuesPanel(hostile, name).text.match(/data-action="redrive"/g)).toHaveLength(1);
    expect(queuesPanel({ ...hostile, deadLetters: { q: [] } }, name).text).not.toContain('redrive');
  });

  test('of faults is empty without faults', async () => {
    const { faultsPanel } = await script<{ faultsPanel: Panel }>('platform-panels.js');
    expect(faultsPanel(empty, name).text).toBe('');
    expect(faultsPanel(hostile, name).text).toContain('data-action="clear-faults"');
  });
});

describe('markup', () => {
  test('escapes every value except its own results', async () => {
    const { html } = await script<Html>('html.js');
    const list = ['<a>', '"b"'].map((item) => html`<li title="${item}">${item}</li>`);
    expect(html`<ul>${list}${undefined}${false}${0}</ul>`.text).toBe(
      '<ul><li title="&lt;a&gt;">&lt;a&gt;</li><li title="&quot;b&quot;">&quot;b&quot;</li>0</ul>',
    );
  });

  test('escapes an object that imitates markup', async () => {
    const { html } = await script<Html>('html.js');
    expect(html`${{ text: '<b>', toString: () => '<i>' }}`.text).toBe('&lt;i&gt;');
  });

  test('links to HTTP addresses only', async () => {
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
  test('shortens names and ids', async () => {
    const { shortName, shortId } = await script<Formats>('format.js');
    const shop = { project: 'shop', stage: 'local' };
    expect(shortName('shop-orders-local-place-order', shop)).toBe('orders/place-order');
    expect(shortName('shop-local-payment-queue.fifo', shop)).toBe('payment-queue.fifo');
    expect(shortName('operator', shop)).toBe('operator');
    expect(shortId('01a1fcc2-27e7-7439-a6d7-f4ae7524c492')).toBe('…7524c492');
  });

  test('formats durations, money and times', async () => {
    const { duration, money, time } = await script<Formats>('format.js');
    expect([undefined, 2.345, 123.4, 2_500].map(duration)).toEqual(['–', '2.3 ms', '123 ms', '2.50 s']);
    expect(money(1_490, 'EUR')).toBe('14.90 EUR');
    expect(time('not a time')).toBe('');
  });
});

const voidElements = new Set(['img', 'wbr']);

/** The elements that the markup leaves open, or closes in the wrong order. */
function openElements(text: string): string[] {
  const open: string[] = [];
  for (const [, slash, element = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b/g)) {
    if (slash === '/') {
      if (open.pop() !== element) return [`</${element}>`];
    } else if (!voidElements.has(element)) open.push(element);
  }
  return open;
}
