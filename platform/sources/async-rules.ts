import type { Deployment } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { AsyncRules } from './async-retry.ts';

/** The rules for each function's asynchronous events, by the function's name. */
export function asyncRules(
  { functions, asyncInvokes, queues }: Pick<Deployment, 'functions' | 'asyncInvokes' | 'queues'>,
  messaging: Pick<Messaging, 'queue' | 'sqs'>,
): (functionName: string) => AsyncRules | undefined {
  const names = new Map(functions.map(({ arn, name }) => [arn, name]));
  const rules = new Map<string, AsyncRules>();
  for (const { functionArn, maximumRetryAttempts, maximumAgeSeconds, onFailureArn } of asyncInvokes) {
    const queue = queues.find(({ arn }) => arn === onFailureArn);
    rules.set(names.get(functionArn) ?? functionArn, {
      functionArn,
      maximumRetryAttempts,
      maximumAgeMs: maximumAgeSeconds * 1000,
      ...(queue
        ? {
            sendToFailureQueue: (record: string) =>
              messaging.sqs('SendMessage', {
                QueueUrl: messaging.queue(queue.name)?.url ?? queue.url,
                MessageBody: record,
              }),
          }
        : {}),
    });
  }
  return (functionName) => rules.get(functionName);
}
