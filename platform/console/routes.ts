import type { ControlOptions } from '../control/control.ts';
import { listQueues } from '../control/queues.ts';
import { ok, type Reply, type Route, refused } from '../control/reply.ts';
import { every } from './every.ts';
import {
  callRows,
  deadLetters,
  eventRows,
  functionRows,
  mailRows,
  nameOf,
  ROWS,
  topicRows,
} from './live-view.ts';
import { mailDocument } from './mail-document.ts';
import { orderReader } from './order-list.ts';
import { pageFile } from './page-file.ts';
import { storedDocuments } from './stored-documents.ts';

type Watched = Omit<ControlOptions, 'port'>;

/** An open page asks each second, and several pages may be open: the database is asked no more often than this. */
const ORDERS_REFRESH_MS = 900;

/** The live page and what it shows. Nothing is gathered while no page is open. */
export function consoleRoutes(options: Watched): { routes: Route[]; stop: () => Promise<void> } {
  const { addresses, mailbox, deployment, messaging } = options;
  const orders = orderReader(deployment, options.secretValue);
  const documents = storedDocuments(messaging, deployment);
  const newestOrders = every(ORDERS_REFRESH_MS, () =>
    orders
      ?.read()
      .catch((error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) })),
  );
  const page = (file: string): Reply => pageFile(file, addresses.aws) ?? refused(404, 'no such file');
  const mail = (id: string, answer: (mail: NonNullable<ReturnType<typeof mailbox.get>>) => Reply): Reply => {
    const found = mailbox.get(id);
    return found === undefined ? refused(404, 'no such mail') : answer(found);
  };
  const routes: Route[] = [
    ['GET', /^\/$/, () => page('index.html')],
    ['GET', /^\/page\/([a-z-]+\.(?:js|css))$/, (file) => page(file)],
    [
      'GET',
      /^\/live$/,
      async () => ok({ ...platformNow(options), ...documentsNow(documents), orders: await newestOrders() }),
    ],
    ['GET', /^\/mails\/([^/]+)$/, (id) => mail(id, ok)],
    ['GET', /^\/mails\/([^/]+)\/html$/, (id) => mail(id, mailDocument)],
    [
      'GET',
      /^\/reports\/([\d-]+)$/,
      (date) => {
        const text = documents.report(date);
        return text === undefined
          ? refused(404, 'no report was made for that day')
          : { status: 200, document: { type: 'application/json', text } };
      },
    ],
  ];
  return { routes, stop: async () => orders?.stop() };
}

function platformNow(options: Watched) {
  const { addresses, deployment, pool, events, sources, messaging, mailbox, counts, faults } = options;
  const queues = listQueues(messaging);
  return {
    now: new Date().toISOString(),
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
      [...new Set(queues.flatMap(({ deadLetterQueue }) => deadLetterQueue ?? []))].map((name) => [
        name,
        deadLetters(messaging, name),
      ]),
    ),
    topics: topicRows(deployment, options.published),
    events: eventRows(options.published.recent(ROWS)),
    schedules: sources.nextSchedules(),
    mails: mailRows(mailbox),
    faults: faults.list(),
    calls: callRows(counts.snapshot()),
  };
}

function documentsNow(documents: ReturnType<typeof storedDocuments>) {
  return { pictures: documents.pictures(), reports: documents.reports() };
}
