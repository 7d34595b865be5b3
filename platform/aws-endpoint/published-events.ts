/** A message that a topic accepted; `message` as published. */
export type Published = { at: string; topicArn: string; message: string };

/** Messages stored for the console. SNS's limit is 256 KB each; the shop's have about 1 KB. */
const maxRecent = 100;

/** The newest messages that topics accepted, unparsed, and their number by topic since the start. */
export class PublishedEvents {
  #recent: Published[] = [];
  readonly #counts = new Map<string, number>();

  record(topicArn: string, message: string): void {
    this.#counts.set(topicArn, this.countOf(topicArn) + 1);
    this.#recent.push({ at: new Date().toISOString(), topicArn, message });
    // Truncated only once per hundred messages.
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

/** The messages of a `Publish` or `PublishBatch` that the engine accepted. */
export function acceptedMessages(params: Record<string, string>, response: string): string[] {
  if (params.Action === 'Publish') return params.Message === undefined ? [] : [params.Message];
  if (params.Action !== 'PublishBatch') return [];
  const [, accepted = ''] = /<Successful>(.*?)<\/Successful>/s.exec(response) ?? [];
  const messages: string[] = [];
  for (let number = 1; number <= 10; number += 1) {
    const entry = `PublishBatchRequestEntries.member.${number}`;
    const { [`${entry}.Id`]: id, [`${entry}.Message`]: message } = params;
    if (id !== undefined && message !== undefined && accepted.includes(`<Id>${id}</Id>`))
      messages.push(message);
  }
  return messages;
}
