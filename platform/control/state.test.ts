import { callRows, eventRows } from './state.ts';
import { pictureRows } from './stored-documents.ts';

const at = '2026-11-21T10:00:00.000Z';
const topicArn = 'arn:aws:sns:eu-west-1:000000000000:shop-local-order-events.fifo';

describe('the state', () => {
  test('contains the type, aggregate and time of an event', () => {
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
    'contains a message that is not an event (%s) as it is',
    (message) => {
      expect(eventRows([{ at, topicArn, message }])).toEqual([
        { key: `shop-local-order-events.fifo/${at}`, at, topic: 'shop-local-order-events.fifo', message },
      ]);
    },
  );

  test('truncates a large message', () => {
    expect(eventRows([{ at, topicArn, message: 'x'.repeat(200_000) }])[0]?.message.length).toBeLessThan(
      5_000,
    );
  });

  test('sums calls over resources and lists denials first', () => {
    const call = {
      service: 's3',
      operation: 'GetObject',
      action: 's3:GetObject',
      count: 2,
      items: 0,
      denied: 0,
    };
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

  test('lists the newest pictures with their renditions by ascending width', () => {
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
