import type { DynamoDBStreamEvent } from 'aws-lambda';
import { capturedLog } from '../testing/captured-log.ts';
import { lambdaContext } from '../testing/http-event.ts';
import type { Relay } from './outbox.ts';
import { relayHandler } from './relay-handler.ts';

/** A relay that fails to publish the events of some aggregates. */
function aRelay(...failing: string[]) {
  const relayed: string[] = [];
  const relay: Relay = {
    aggregate: async (id) => {
      relayed.push(id);
      return failing.includes(id) ? { sent: 0, failed: 1 } : { sent: 1, failed: 0 };
    },
    sweep: async () => ({ sent: 0, failed: 0 }),
  };
  return { relayed, handler: relayHandler(() => relay) };
}

const aStreamEvent = (...records: [eventName: string, aggregateId: string][]) =>
  ({
    Records: records.map(([eventName, aggregateId], index) => ({
      eventID: String(index),
      eventName,
      dynamodb: { Keys: { aggregate_id: { S: aggregateId } }, SequenceNumber: `record-${index}` },
    })),
  }) as unknown as DynamoDBStreamEvent;

test('the aggregate of each new entry is relayed; updates and deletions are ignored', async () => {
  const { relayed, handler } = aRelay();
  const event = aStreamEvent(['INSERT', 'a'], ['MODIFY', 'b'], ['REMOVE', 'c'], ['INSERT', 'd']);
  expect(await handler(event, lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(relayed).toEqual(['a', 'd']);
});

test('the first record whose events were not published is reported, so that Lambda retries from there', async () => {
  const { handler } = aRelay('b');
  const event = aStreamEvent(['INSERT', 'a'], ['INSERT', 'b'], ['INSERT', 'c']);
  const log = await capturedLog(async () => {
    const { batchItemFailures } = await handler(event, lambdaContext());
    expect(batchItemFailures[0]).toEqual({ itemIdentifier: 'record-1' });
  });
  expect(log).toContain('record failed');
});
