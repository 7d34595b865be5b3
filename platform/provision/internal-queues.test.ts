import { internalQueueName, isInternalQueue } from './internal-queues.ts';

const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:000000000000:function:${name}`;
const topicArn = (name: string) => `arn:aws:sns:eu-west-1:000000000000:${name}`;

describe('the queue between a topic and a function', () => {
  it('is named after both', () => {
    const name = internalQueueName(
      functionArn('shop-reports-local-count'),
      topicArn('shop-local-order-created'),
    );
    expect(name).toBe('internal-shop-reports-local-count-shop-local-order-created');
    expect(isInternalQueue(name)).toBe(true);
    expect(isInternalQueue('shop-local-order-queue')).toBe(false);
  });
  it('has at most 80 characters, and is unique for long names with the same prefix', () => {
    const long = functionArn('shop-reports-local-a-function-with-quite-a-long-name-of-its-own');
    const names = ['order-created', 'order-completed'].map((topic) =>
      internalQueueName(long, topicArn(topic)),
    );
    for (const name of names) expect(name).toMatch(/^internal-[\w-]{1,71}$/);
    expect(new Set(names).size).toBe(2);
  });
});
