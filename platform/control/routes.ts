import * as z from 'zod';
import { type FaultRule, faultKinds } from '../aws-endpoint/faults.ts';
import type { ControlResponses } from './control-interface.ts';
import { listQueues, redrive, redriveEvents } from './queues.ts';
import { type ControlRequest, Document, Refused, type Routes } from './reply.ts';
import { type PlatformParts, platformState } from './state.ts';
import { storedDocuments } from './stored-documents.ts';

type ControlHandlers = {
  [R in keyof ControlResponses]: (
    request: ControlRequest,
  ) => ControlResponses[R] | Promise<ControlResponses[R]>;
};

const faultRule = z.object({
  kind: z.enum(faultKinds),
  service: z.string().optional(),
  action: z.string().optional(),
  function: z.string().optional(),
  queue: z.string().optional(),
  count: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  latencyMs: z.int().nonnegative().optional(),
});
const killRequest = z.object({ pid: z.int().optional() });

/** The routes by which tests, the demo and the console watch and control the platform. */
export function controlRoutes(parts: PlatformParts): Routes {
  const { pool, deployment, events, sources, messaging, mailbox } = parts;
  const { counts, faults } = parts.awsEndpoint;
  const documents = storedDocuments(messaging, deployment);
  const handlers: ControlHandlers = {
    'GET /state': () => platformState(parts, documents),
    'GET /calls': () => counts.snapshot(),
    'DELETE /calls': () => {
      counts.reset();
      return {};
    },
    'GET /faults': () => faults.list(),
    'POST /faults': ({ body }) => faults.add(faultRule.parse(JSON.parse(body)) as FaultRule),
    'DELETE /faults': () => {
      faults.clear();
      return {};
    },
    'POST /hosts/kill': ({ body }) => {
      const pid = pool.kill(killRequest.parse(JSON.parse(body || '{}')).pid);
      if (pid === undefined) throw new Refused(404, 'no such host');
      return { pid };
    },
    'POST /invoke/:name': async ({ params: { name = '' }, body }) => {
      const result = await pool.invoke(name, body === '' ? '{}' : JSON.stringify(JSON.parse(body)));
      return { ...result, payload: JSON.parse(result.payload) };
    },
    'GET /mails': () => [...mailbox.list()],
    'GET /queues': () => listQueues(messaging),
    'POST /queues/:name/redrive': async ({ params: { name = '' } }) => {
      const moved =
        (await redrive(messaging, name)) ?? (await redriveEvents(messaging, deployment, name, events.accept));
      if (moved === undefined) throw new Refused(404, `no dead letters belong to ${name}`);
      return { moved };
    },
    'POST /schedules/:name/run': ({ params: { name = '' } }) => {
      const fired = sources.runScheduleNow(name);
      if (fired === 0) throw new Refused(404, `${name} has no schedule`);
      return { fired };
    },
  };
  return {
    ...handlers,
    'GET /reports/:date': ({ params: { date = '' } }) => {
      const text = documents.report(date);
      if (text === undefined) throw new Refused(404, 'no report of that day');
      return new Document('application/json', text);
    },
  };
}
