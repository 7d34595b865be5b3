import type { Deployment } from '../../build/deployment.ts';
import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';
import type { Published, PublishedEvents } from '../aws-endpoint/published-events.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { FunctionStatistics } from '../host/host-pool.ts';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';

/** Rows of one kind on the page at most; whoever wants all of them asks the shop's own API. */
export const ROWS = 40;
/** Dead letters of one queue, and characters of a message, that the page shows. */
const LETTERS = 10;
const MESSAGE_CHARACTERS = 4_000;

/** An event as the page lists it; what is no envelope of the shop's has no type. */
export type EventRow = {
  key: string;
  at: string;
  topic: string;
  type?: string;
  source?: string;
  aggregateId?: string;
  sequence?: number;
  message: string;
};

/** The newest events, newest first. */
export function eventRows(published: Published[]): EventRow[] {
  return published.map(({ at, topicArn, message }) => {
    const topic = nameOf(topicArn);
    const { id, type, source, aggregateId, sequence } = envelopeOf(message);
    return {
      key: `${topic}/${text(id) ?? at}`,
      at,
      topic,
      ...defined({ type: text(type), source: text(source), aggregateId: text(aggregateId) }),
      ...(typeof sequence === 'number' ? { sequence } : {}),
      message: clip(message),
    };
  });
}

/** The topics, how much each took since the start, and who listens. */
export function topicRows(deployment: Deployment, published: PublishedEvents) {
  return deployment.topics.map(({ name, arn }) => ({
    name,
    published: published.countOf(arn),
    subscribers: deployment.subscriptions
      .filter(({ topicArn }) => topicArn === arn)
      .map(({ endpointArn, protocol }) => ({ protocol, name: nameOf(endpointArn) })),
  }));
}

/** The functions with what they did since the start; milliseconds. */
export function functionRows(deployment: Deployment, statistics: Record<string, FunctionStatistics>) {
  return deployment.functions.map(({ name }) => {
    const { invocations = 0, errors = 0, totalMs = 0, lastMs } = statistics[name] ?? {};
    return {
      name,
      invocations,
      errors,
      ...(invocations > 0 ? { averageMs: totalMs / invocations } : {}),
      ...defined({ lastMs }),
    };
  });
}

/** Calls by function and action, over all resources; those that were denied first, then the most frequent. */
export function callRows({ since, calls }: CallsSnapshot) {
  const rows = new Map<string, { function: string; action: string; count: number; denied: number }>();
  for (const { function: caller, action, count, denied } of calls) {
    const key = `${caller} ${action}`;
    const row = rows.get(key) ?? { function: caller, action, count: 0, denied: 0 };
    rows.set(key, { ...row, count: row.count + count, denied: row.denied + denied });
  }
  const sorted = [...rows.values()].sort((a, b) => b.denied - a.denied || b.count - a.count);
  const sum = (of: 'count' | 'denied') => sorted.reduce((total, row) => total + row[of], 0);
  return { since, allowed: sum('count'), denied: sum('denied'), rows: sorted.slice(0, 4 * ROWS) };
}

/** The newest mails without their text, newest first. */
export function mailRows(mailbox: Mailbox) {
  const mails = mailbox.list();
  const row = ({ id, kind, receivedAt, to, subject, text: body, sender }: Mail) => ({
    id,
    kind,
    receivedAt,
    to,
    sender,
    subject: clip(subject ?? body ?? '', 200),
  });
  return { total: mails.length, rows: mails.slice(-ROWS).reverse().map(row) };
}

/** The newest messages of a dead-letter queue; looking at them changes nothing about them. */
export function deadLetters(messaging: Messaging, queueName: string) {
  const found = messaging.queue(queueName)?.inspectMessages();
  if (found === undefined) return [];
  const messages = [...found.ready, ...found.delayed, ...found.inflight.map(({ message }) => message)];
  return messages
    .sort((a, b) => b.sentTimestamp - a.sentTimestamp)
    .slice(0, LETTERS)
    .map(({ messageId, body, sentTimestamp, messageGroupId }) => ({
      id: messageId,
      sentAt: new Date(sentTimestamp).toISOString(),
      ...defined({ group: messageGroupId, type: text(envelopeOf(body).type) }),
      body: clip(body),
    }));
}

/** The last part of an ARN: the name of a topic, queue or function. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const clip = (message: string, characters = MESSAGE_CHARACTERS): string =>
  message.length > characters ? `${message.slice(0, characters)}…` : message;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? clip(value, 200) : undefined;

function envelopeOf(message: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Without the members that are undefined. */
function defined<T extends Record<string, unknown>>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
