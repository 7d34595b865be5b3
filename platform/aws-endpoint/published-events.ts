/** A message that a topic took; `message` as it was published. */
export type Published = { at: string; topicArn: string; message: string };

/** As many as a person looks at; each is at most 256 KB, SNS's limit, and in truth about one. */
const maxRecent = 100;

/** The newest messages that topics took, and how many each took since the start. Messages are parsed by who looks. */
export class PublishedEvents {
  #recent: Published[] = [];
  readonly #counts = new Map<string, number>();

  record(topicArn: string, message: string): void {
    this.#counts.set(topicArn, this.countOf(topicArn) + 1);
    this.#recent.push({ at: new Date().toISOString(), topicArn, message });
    // Cut rarely, so that a busy shop pays for it once in a hundred messages.
    if (this.#recent.length >= 2 * maxRecent) this.#recent = this.#recent.slice(-maxRecent);
  }

  /** Newest first, `limit` at most. */
  recent(limit = maxRecent): Published[] {
    return this.#recent.slice(-Math.min(limit, maxRecent)).reverse();
  }

  countOf(topicArn: string): number {
    return this.#counts.get(topicArn) ?? 0;
  }
}

/** The messages of a `Publish` or `PublishBatch` that the engine's answer says were taken. */
export function acceptedMessages(params: Record<string, string>, answer: string): string[] {
  if (params.Action === 'Publish') return params.Message === undefined ? [] : [params.Message];
  if (params.Action !== 'PublishBatch') return [];
  const [, taken = ''] = /<Successful>(.*?)<\/Successful>/s.exec(answer) ?? [];
  const messages: string[] = [];
  for (let number = 1; number <= 10; number += 1) {
    const entry = `PublishBatchRequestEntries.member.${number}`;
    const { [`${entry}.Id`]: id, [`${entry}.Message`]: message } = params;
    if (id !== undefined && message !== undefined && taken.includes(`<Id>${id}</Id>`)) messages.push(message);
  }
  return messages;
}
