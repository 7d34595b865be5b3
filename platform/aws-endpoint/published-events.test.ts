import { acceptedMessages, PublishedEvents } from './published-events.ts';

describe('published events', () => {
  test('are stored newest first, in a bounded number, and all counted', () => {
    const events = new PublishedEvents();
    for (let number = 1; number <= 450; number += 1) events.record('arn:topic', String(number));
    expect(events.recent(2).map(({ message }) => message)).toEqual(['450', '449']);
    expect(events.recent(1_000)).toHaveLength(100);
    expect(events.countOf('arn:topic')).toBe(450);
    expect(events.countOf('arn:other')).toBe(0);
  });

  test('are the accepted entries of a batch', () => {
    const params = {
      Action: 'PublishBatch',
      'PublishBatchRequestEntries.member.1.Id': 'a',
      'PublishBatchRequestEntries.member.1.Message': 'taken',
      'PublishBatchRequestEntries.member.2.Id': 'b',
      'PublishBatchRequestEntries.member.2.Message': 'refused',
    };
    const response =
      '<Successful><member><Id>a</Id></member></Successful><Failed><member><Id>b</Id></member></Failed>';
    expect(acceptedMessages(params, response)).toEqual(['taken']);
  });

  test('are not read from other calls', () => {
    expect(acceptedMessages({ Action: 'Subscribe', Message: 'x' }, '')).toEqual([]);
  });
});
