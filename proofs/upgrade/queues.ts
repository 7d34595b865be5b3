import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import type { Account } from '../emulator/account.ts';

/** What waits in queues. */
export class Queues {
  readonly #client: SQSClient;

  constructor({ settings }: Account) {
    this.#client = new SQSClient(settings);
  }

  /** Messages of every queue, those included that somebody works on now, by the queue's name. */
  async all(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for await (const { QueueUrls = [] } of paginateListQueues({ client: this.#client }, {}))
      for (const url of QueueUrls) counts[url.slice(url.lastIndexOf('/') + 1)] = await this.#messages(url);
    return counts;
  }

  async #messages(QueueUrl: string): Promise<number> {
    const AttributeNames = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ] as const;
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
    const { Attributes = {} } = await this.#client.send(command);
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }
}
