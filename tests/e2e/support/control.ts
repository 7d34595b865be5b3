import type { FaultRule } from '../../../platform/aws-endpoint/faults.ts';
import { ControlClient } from '../../../platform/control/control-client.ts';
import { withSecret } from '../../../platform/local-access/local-access.ts';
import { setting } from './shop.ts';

/** The control interface of the shop under test. */
export const access = () => ({
  consoleUrl: setting('E2E_CONTROL_URL'),
  controlSecret: setting('E2E_CONTROL_SECRET'),
});

const send: ControlClient['send'] = (route, options) => new ControlClient(access()).send(route, options);

/** The control interface of the local platform. */
export const control = {
  state: () => send('GET /state'),
  fault: (rule: FaultRule) => send('POST /faults', { body: rule }),
  faults: () => send('GET /faults'),
  clearFaults: () => send('DELETE /faults'),
  /** SIGKILLs every Lambda host; the platform starts new ones. */
  killHosts: async (): Promise<number[]> => {
    const { hosts } = await send('GET /state');
    const killed = await Promise.all(hosts.map(({ pid }) => send('POST /hosts/kill', { body: { pid } })));
    return killed.map(({ pid }) => pid);
  },
  /** The newest published events, newest first. */
  events: async () => (await send('GET /state')).events,
  runSchedule: (functionName: string) => send('POST /schedules/:name/run', { name: functionName }),
  mails: () => send('GET /mails'),
  calls: async () => (await send('GET /calls')).calls,
  /** Invocations of each function since the start. */
  invocations: async () =>
    new Map((await send('GET /state')).functions.map(({ name, invocations }) => [name, invocations])),
  scheduledFunctions: async () =>
    (await send('GET /state')).schedules.map(({ functionName }) => functionName),
  /** Whether no function has a message to process: a queue without a dead-letter queue contains what was given up. */
  settled: async () =>
    (await send('GET /queues')).every(
      ({ deadLetterQueue, ready, inFlight, delayed }) =>
        deadLetterQueue === undefined || ready + inFlight + delayed === 0,
    ),
  queue: async (name: string) => (await send('GET /queues')).find((queue) => queue.name === name),
  redrive: (name: string) => send('POST /queues/:name/redrive', { name }),
};

/** Sets the payment sandbox's behaviour; `undefined` resets it. */
export async function provider(behaviour: Record<string, unknown> | undefined): Promise<void> {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/behaviour`, {
    method: behaviour === undefined ? 'DELETE' : 'POST',
    headers: withSecret(setting('E2E_CONTROL_SECRET')),
    ...(behaviour === undefined ? {} : { body: JSON.stringify(behaviour) }),
  });
  if (!response.ok) throw new Error(`behaviour: ${response.status} ${await response.text()}`);
}

/** How many of the requested provider failures remain. */
export async function providerFailures(): Promise<number> {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/behaviour`, {
    headers: withSecret(setting('E2E_CONTROL_SECRET')),
  });
  if (!response.ok) throw new Error(`behaviour: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { failNext: number }).failNext;
}
