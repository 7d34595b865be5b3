import { setTimeout as pause } from 'node:timers/promises';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { recall, record } from '../records.ts';

type Task = { name: string; group: string; failures?: number; awaits?: string };

/**
 * Fails a message as often as its body requests. A message that `awaits` another group waits for a message of that
 * group, which shows that two groups are processed at once; it stops waiting before its own timeout.
 */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const message of event.Records) {
    const task = JSON.parse(message.body) as Task;
    await record('ordered', { ...message, batch: event.Records.length });
    await record('ordered-groups', { group: task.group });
    if (task.awaits) await record('ordered-waited', { task, met: await seen(task.awaits) });
    if (Number(message.attributes.ApproximateReceiveCount) <= (task.failures ?? 0)) {
      batchItemFailures.push({ itemIdentifier: message.messageId });
    }
  }
  return { batchItemFailures };
}

async function seen(group: string): Promise<boolean> {
  for (let attempt = 0; attempt < 15; attempt += 1) {
    if ((await recall('ordered-groups', group)) > 0) return true;
    await pause(100);
  }
  return false;
}
