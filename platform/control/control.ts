import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { Deployment } from '../../build/deployment.ts';
import type { CallCounts } from '../aws-endpoint/call-counts.ts';
import type { FaultRule, Faults } from '../aws-endpoint/faults.ts';
import type { PublishedEvents } from '../aws-endpoint/published-events.ts';
import { consoleRoutes } from '../console/routes.ts';
import type { Messaging } from '../engines/messaging.ts';
import { explainListenError } from '../engines/ports.ts';
import { readBody } from '../gateway/request-body.ts';
import type { HostPool } from '../host/host-pool.ts';
import { InvokeRefused } from '../host/invoke.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { AsyncEvents } from '../sources/async-events.ts';
import type { Sources } from '../sources/start-sources.ts';
import { listQueues, redrive, redriveEvents } from './queues.ts';
import { ok, type Reply, type Route, refused } from './reply.ts';

/** The parts of a running platform that can be looked at and steered from outside. */
export type ControlOptions = {
  /** 0 takes any free port. */
  port: number;
  addresses: Record<string, string>;
  deployment: Deployment;
  pool: HostPool;
  events: AsyncEvents;
  sources: Sources;
  messaging: Messaging;
  mailbox: Mailbox;
  counts: CallCounts;
  faults: Faults;
  published: PublishedEvents;
  /** Of a secret by its name or ARN. */
  secretValue: (id: string) => string;
};

export type Control = { url: string; port: number; stop: () => Promise<void> };

/** A fault as it is asked for; the names are those of the AWS endpoint. */
const faultRule = z.object({
  kind: z.enum(['throttle', 'error', 'latency', 'transaction-conflict', 'drop', 'drop-after-effect']),
  service: z.string().optional(),
  action: z.string().optional(),
  function: z.string().optional(),
  count: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  latencyMs: z.int().nonnegative().optional(),
});

/**
 * Starts the HTTP interface by which tests, the demo and the live page watch and steer the platform. It listens on
 * loopback and refuses what another site's page sends, since it can invoke every function.
 * @throws StartError when the port is in use
 */
export async function startControl(options: ControlOptions): Promise<Control> {
  const page = consoleRoutes(options);
  const routes = [...routesOf(options), ...page.routes];
  const server = createServer((incoming, outgoing) => {
    answer(routes, incoming).then(
      (reply) => send(outgoing, reply),
      (error: unknown) =>
        send(outgoing, refused(500, error instanceof Error ? error.message : String(error))),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, 'the console', options.port)));
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, page.stop()]);
    },
  };
}

function routesOf(options: ControlOptions): Route[] {
  const { pool, events, messaging, mailbox, counts, faults } = options;
  return [
    ['GET', /^\/state$/, () => ok(state(options))],
    ['GET', /^\/calls$/, () => ok(counts.snapshot())],
    ['DELETE', /^\/calls$/, () => ok(counts.reset())],
    ['GET', /^\/faults$/, () => ok(faults.list())],
    ['POST', /^\/faults$/, (_, { body }) => ok(faults.add(faultRule.parse(JSON.parse(body)) as FaultRule))],
    ['DELETE', /^\/faults$/, () => ok(faults.clear())],
    [
      'POST',
      /^\/hosts\/kill$/,
      (_, { body }) => {
        const { pid } = z.object({ pid: z.int().optional() }).parse(JSON.parse(body || '{}'));
        const killed = pool.kill(pid);
        return killed === undefined ? refused(404, 'no such host') : ok({ pid: killed });
      },
    ],
    [
      'POST',
      /^\/invoke\/([^/]+)$/,
      async (name, { query, body }) => {
        const payload = body === '' ? '{}' : JSON.stringify(JSON.parse(body));
        if (query.get('type') !== 'Event') return ok(withParsedPayload(await pool.invoke(name, payload)));
        events.accept(name, payload);
        return { status: 202, body: {} };
      },
    ],
    ['GET', /^\/mails$/, () => ok(mailbox.list())],
    ['DELETE', /^\/mails$/, async () => ok(await mailbox.clear())],
    ['GET', /^\/queues$/, () => ok(listQueues(messaging))],
    [
      'POST',
      /^\/queues\/([^/]+)\/redrive$/,
      async (name) => {
        const moved =
          (await redrive(messaging, name)) ??
          (await redriveEvents(messaging, options.deployment, name, options.events.accept));
        return moved === undefined ? refused(404, `no dead letters belong to ${name}`) : ok({ moved });
      },
    ],
    [
      'POST',
      /^\/schedules\/([^/]+)\/run$/,
      (name) => {
        const fired = options.sources.runScheduleNow(name);
        return fired === 0 ? refused(404, `${name} has no schedule`) : { status: 202, body: { fired } };
      },
    ],
  ];
}

async function answer(routes: Route[], incoming: IncomingMessage): Promise<Reply> {
  const { origin, host = '' } = incoming.headers;
  const [hostName] = host.split(':');
  if (hostName !== '127.0.0.1' && hostName !== 'localhost') return refused(403, 'unknown host name');
  if (origin !== undefined && origin !== `http://${host}`)
    return refused(403, 'pages of other sites may not');
  // Not as a relative address: there two slashes would begin the name of a host.
  const address = URL.parse(`http://127.0.0.1${incoming.url ?? '/'}`);
  if (address === null) return refused(400, 'the address cannot be read');
  const { pathname, searchParams } = address;
  for (const [method, pattern, handler] of routes) {
    const match = pattern.exec(pathname);
    if (match === null || method !== incoming.method) continue;
    const body = await readBody(incoming);
    if (body === 'too-large') return refused(413, 'the request is too large');
    if (body === 'too-late') return refused(408, 'the request did not end');
    try {
      const parameter = decodeURIComponent(match[1] ?? '');
      return await handler(parameter, { query: searchParams, body: body.toString('utf8') });
    } catch (error) {
      if (error instanceof InvokeRefused) return refused(error.status, error.message);
      if (error instanceof URIError) return refused(400, 'the address cannot be read');
      if (error instanceof SyntaxError) return refused(400, 'the body is no JSON');
      if (error instanceof z.ZodError) return refused(400, z.prettifyError(error));
      throw error;
    }
  }
  return refused(404, 'no such route');
}

function send(outgoing: ServerResponse, { status, body, document }: Reply): void {
  const { type, text, headers } = document ?? { type: 'application/json', text: JSON.stringify(body ?? {}) };
  outgoing.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  outgoing.end(text);
}

function withParsedPayload(result: Awaited<ReturnType<HostPool['invoke']>>) {
  return { ...result, payload: JSON.parse(result.payload) as unknown };
}

function state({ addresses, deployment, pool, events, sources, messaging }: ControlOptions) {
  const { stage, functions, tables, topics, buckets, cloudOnly } = deployment;
  const statistics = pool.statistics();
  return {
    stage,
    addresses,
    memoryMb: Math.round(process.memoryUsage().rss / 1024 / 1024),
    hosts: pool.hosts(),
    pendingEvents: events.pending(),
    queues: listQueues(messaging),
    schedules: sources.nextSchedules(),
    functions: functions.map(({ name, timeoutMs, memoryMb }) => ({
      name,
      timeoutMs,
      memoryMb,
      ...statistics[name],
    })),
    tables: tables.map(({ name }) => name),
    topics: topics.map(({ name }) => name),
    buckets: buckets.map(({ name }) => name),
    cloudOnly: cloudOnly.length,
  };
}
