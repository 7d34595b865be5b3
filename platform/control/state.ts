import type { Deployment } from '../../build/deployment.ts';
import type { AwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';
import type { Published, PublishedEvents } from '../aws-endpoint/published-events.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { FunctionStatistics, HostPool } from '../host/host-pool.ts';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';
import type { AsyncEvents } from '../sources/async-events.ts';
import type { Sources } from '../sources/start-sources.ts';
import { listQueues, nameOf } from './queues.ts';
import type { StoredDocuments } from './stored-documents.ts';

/** The parts of a running platform that the control interface shows and controls. */
export type PlatformParts = {
  addresses: { api: string; aws: string; payments: string };
  deployment: Deployment;
  pool: HostPool;
  events: AsyncEvents;
  sources: Sources;
  messaging: Messaging;
  mailbox: Mailbox;
  awsEndpoint: Pick<AwsEndpoint, 'counts' | 'faults' | 'published'>;
};
export type PlatformState = ReturnType<typeof platformState>;

/** Events and mails that the state contains at most. */
const maxRows = 40;
const maxCallRows = 160;
/** Dead letters of one queue, and characters of a message, that the state contains at most. */
const maxDeadLetters = 10;
const maxMessageCharacters = 4_000;

/** What the platform is doing now; counters are since its start. */
export function platformState(parts: PlatformParts, documents: StoredDocuments) {
  const { addresses, deployment, pool, events, sources, messaging, mailbox } = parts;
  const { counts, faults, published } = parts.awsEndpoint;
  const queues = listQueues(messaging);
  return {
    project: deployment.project,
    stage: deployment.stage,
    addresses: { ...addresses, images: `${addresses.aws}/_images` },
    memoryMb: Math.round(process.memoryUsage().rss / 1024 / 1024),
    hosts: pool.hosts(),
    pendingEvents: events.pending(),
    functions: functionRows(deployment, pool.statistics()),
    queues: queues.map((queue) => ({
      ...queue,
      listeners: deployment.mappings
        .filter(({ sourceArn }) => sourceArn === queue.arn)
        .map(({ functionArn }) => nameOf(functionArn)),
    })),
    deadLetters: Object.fromEntries(
      queues
        .filter(({ redrivesTo }) => redrivesTo.length > 0)
        .map(({ name }) => [name, deadLetters(messaging, name)]),
    ),
    topics: topicRows(deployment, published),
    events: eventRows(published.recent(maxRows)),
    schedules: sources.nextSchedules(),
    mails: mailRows(mailbox),
    faults: faults.list(),
    calls: callRows(counts.snapshot()),
    pictures: documents.pictures(),
    reports: documents.reports(),
  };
}

/** Published events, newest first; a message that is not one of the shop's events has no type. */
export function eventRows(published: Published[]) {
  return published.map(({ at, topicArn, message }) => {
    const topic = nameOf(topicArn);
    const { id, type, source, aggregateId, sequence } = fieldsOf(message);
    return {
      key: `${topic}/${text(id) ?? at}`,
      at,
      topic,
      type: text(type),
      source: text(source),
      aggregateId: text(aggregateId),
      sequence: typeof sequence === 'number' ? sequence : undefined,
      message: clip(message),
    };
  });
}

/** The topics with their number of events and their subscribers. */
function topicRows(deployment: Deployment, published: PublishedEvents) {
  return deployment.topics.map(({ name, arn }) => ({
    name,
    published: published.countOf(arn),
    subscribers: deployment.subscriptions
      .filter(({ topicArn }) => topicArn === arn)
      .map(({ endpointArn, protocol }) => ({ protocol, name: nameOf(endpointArn) })),
  }));
}

/** The functions with their counters; milliseconds. */
function functionRows(deployment: Deployment, statistics: Record<string, FunctionStatistics>) {
  return deployment.functions.map(({ name }) => {
    const { invocations = 0, errors = 0, totalMs = 0, lastMs } = statistics[name] ?? {};
    return {
      name,
      invocations,
      errors,
      totalMs,
      averageMs: invocations > 0 ? totalMs / invocations : undefined,
      lastMs,
    };
  });
}

/** AWS calls by function and action, over all resources: denied ones first, then the most frequent. */
export function callRows({ since, calls }: CallsSnapshot) {
  const rows = new Map<string, { function: string; action: string; count: number; denied: number }>();
  for (const { function: caller, action, count, denied } of calls) {
    const key = `${caller} ${action}`;
    const row = rows.get(key) ?? { function: caller, action, count: 0, denied: 0 };
    rows.set(key, { ...row, count: row.count + count, denied: row.denied + denied });
  }
  const sorted = [...rows.values()].sort((a, b) => b.denied - a.denied || b.count - a.count);
  const sum = (of: 'count' | 'denied') => sorted.reduce((total, row) => total + row[of], 0);
  return { since, allowed: sum('count'), denied: sum('denied'), rows: sorted.slice(0, maxCallRows) };
}

/** The newest mails without their text, newest first. */
function mailRows(mailbox: Mailbox) {
  const mails = mailbox.list();
  const row = ({ id, receivedAt, to, subject, sender }: Mail) => ({
    id,
    receivedAt,
    to,
    sender,
    subject: clip(subject, 200),
  });
  return { total: mails.length, rows: mails.slice(-maxRows).reverse().map(row) };
}

/** The newest messages of a dead-letter queue, without receiving them. */
function deadLetters(messaging: Messaging, queueName: string) {
  const found = messaging.queue(queueName)?.inspectMessages();
  if (found === undefined) return [];
  const messages = [...found.ready, ...found.delayed, ...found.inflight.map(({ message }) => message)];
  return messages
    .sort((a, b) => b.sentTimestamp - a.sentTimestamp)
    .slice(0, maxDeadLetters)
    .map(({ messageId, body, sentTimestamp, messageGroupId }) => ({
      id: messageId,
      sentAt: new Date(sentTimestamp).toISOString(),
      group: messageGroupId,
      type: text(fieldsOf(body).type),
      body: clip(body),
    }));
}

const clip = (message: string, characters = maxMessageCharacters): string =>
  message.length > characters ? `${message.slice(0, characters)}…` : message;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? clip(value, 200) : undefined;

/** The fields of a JSON object; none for any other text. */
function fieldsOf(message: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
