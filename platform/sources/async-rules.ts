import type { Deployment } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';

/** Retry limits of a function, and its failure destination for events that exceed them. */
export type AsyncRules = {
  maximumRetryAttempts: number;
  maximumAgeMs: number;
  onFailure?: { functionArn: string; send: (record: string) => Promise<unknown> };
};

/** Without a configuration, Lambda retries a failed event twice, and a throttled one for six hours. */
const defaultRules: AsyncRules = { maximumRetryAttempts: 2, maximumAgeMs: 6 * 60 * 60 * 1_000 };

/** The rules for each function's asynchronous events, by the function's name. */
export function asyncRules(
  { functions, asyncInvokes, queues }: Pick<Deployment, 'functions' | 'asyncInvokes' | 'queues'>,
  messaging: Pick<Messaging, 'queue' | 'sqs'>,
): (functionName: string) => AsyncRules {
  const names = new Map(functions.map(({ arn, name }) => [arn, name]));
  const rules = new Map<string, AsyncRules>();
  for (const { functionArn, maximumRetryAttempts, maximumAgeSeconds, onFailureArn } of asyncInvokes) {
    const queue = queues.find(({ arn }) => arn === onFailureArn);
    rules.set(names.get(functionArn) ?? functionArn, {
      maximumRetryAttempts,
      maximumAgeMs: maximumAgeSeconds * 1000,
      ...(queue && {
        onFailure: {
          functionArn,
          send: (MessageBody) =>
            messaging.sqs('SendMessage', {
              QueueUrl: messaging.queue(queue.name)?.url ?? queue.url,
              MessageBody,
            }),
        },
      }),
    });
  }
  return (functionName) => rules.get(functionName) ?? defaultRules;
}
