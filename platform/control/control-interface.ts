import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';
import type { Fault } from '../aws-endpoint/faults.ts';
import type { InvokeResult } from '../host/invoke.ts';
import type { Mail } from '../mailbox/mailbox.ts';
import type { QueueView } from './queues.ts';
import type { PlatformState } from './state.ts';

/** How an invocation ended; `payload` is the function's result or, with a `failure`, its error in Lambda's shape. */
export type Invocation = Omit<InvokeResult, 'payload'> & { payload: unknown };

/**
 * The routes of the control interface and the JSON of their 200 responses: the server and every client are typed by
 * this table. Every other status comes with `{ message }`.
 */
export type ControlResponses = {
  'GET /state': PlatformState;
  'GET /calls': CallsSnapshot;
  'DELETE /calls': Record<string, never>;
  'GET /faults': Fault[];
  'POST /faults': Fault;
  'DELETE /faults': Record<string, never>;
  /** SIGKILLs the host of `{ pid }`, or the busiest one. */
  'POST /hosts/kill': { pid: number };
  'POST /invoke/:name': Invocation;
  'GET /mails': Mail[];
  'GET /queues': QueueView[];
  'POST /queues/:name/redrive': { moved: number };
  'POST /schedules/:name/run': { fired: number };
};
