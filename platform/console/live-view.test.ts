import { callRows, eventRows } from './live-view.ts';
import { pageFile } from './page-file.ts';
import { pictureRows } from './stored-documents.ts';

const at = '2026-11-21T10:00:00.000Z';
const topicArn = 'arn:aws:sns:eu-west-1:000000000000:shop-local-order-events.fifo';

describe('what the page is told', () => {
  test('of an event is its type, aggregate and time', () => {
    const message = JSON.stringify({
      id: 'e1',
      type: 'ORDER_PAID',
      source: 'orders',
      aggregateId: 'o1',
      sequence: 2,
    });
    expect(eventRows([{ at, topicArn, message }])).toEqual([
      {
        key: 'shop-local-order-events.fifo/e1',
        at,
        topic: 'shop-local-order-events.fifo',
        type: 'ORDER_PAID',
        source: 'orders',
        aggregateId: 'o1',
        sequence: 2,
        message,
      },
    ]);
  });

  test.each(['no json', '[]', 'null', '{"type":7}', '"text"'])(
    'of a message that is no event (%s) is the message',
    (message) => {
      expect(eventRows([{ at, topicArn, message }])).toEqual([
        { key: `shop-local-order-events.fifo/${at}`, at, topic: 'shop-local-order-events.fifo', message },
      ]);
    },
  );

  test('of a huge message is its beginning', () => {
    expect(eventRows([{ at, topicArn, message: 'x'.repeat(200_000) }])[0]?.message.length).toBeLessThan(
      5_000,
    );
  });

  test('of calls are sums over resources, denials first', () => {
    const call = { service: 's3', operation: 'GetObject', action: 's3:GetObject', count: 2, denied: 0 };
    const calls = [
      { ...call, function: 'a', resource: 'one' },
      { ...call, function: 'a', resource: 'two' },
      { ...call, function: 'b', resource: 'one', count: 0, denied: 1 },
    ];
    expect(callRows({ since: at, calls, grants: [] })).toEqual({
      since: at,
      allowed: 4,
      denied: 1,
      rows: [
        { function: 'b', action: 's3:GetObject', count: 0, denied: 1 },
        { function: 'a', action: 's3:GetObject', count: 4, denied: 0 },
      ],
    });
  });

  test('of pictures are the newest, each with its renditions from small to large', () => {
    const object = (key: string, minute: number) => ({
      key,
      contentLength: 9,
      lastModified: new Date(Date.UTC(2026, 10, 21, 10, minute)),
    });
    const { total, rows } = pictureRows([
      object('renditions/old/320.webp', 1),
      object('renditions/new/640.jpeg', 2),
      object('renditions/new/320.webp', 2),
      object('renditions/strange', 3),
    ]);
    expect(total).toBe(2);
    expect(rows.map(({ id, renditions }) => [id, renditions.map(({ width }) => width)])).toEqual([
      ['new', [320, 640]],
      ['old', [320]],
    ]);
  });
});

describe('a file of the page', () => {
  test('runs and loads nothing from elsewhere but pictures', () => {
    const policy = pageFile('index.html', 'http://127.0.0.1:3002')?.document?.headers?.[
      'Content-Security-Policy'
    ];
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("img-src 'self' data: http://127.0.0.1:3002;");
  });

  test('is one of the page', () => {
    for (const name of ['../page-file.ts', 'page.test.ts', 'missing.js', '..', 'main.js/..'])
      expect(pageFile(name)).toBeUndefined();
  });
});
