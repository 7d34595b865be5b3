import { setting } from './shop.ts';

/** What only the local platform can be told: see `platform/control`. */
export type FaultRule = {
  kind: 'throttle' | 'error' | 'latency' | 'transaction-conflict' | 'drop' | 'drop-after-effect';
  service?: string;
  action?: string;
  function?: string;
  count?: number;
  latencyMs?: number;
};

async function send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${setting('E2E_CONTROL_URL')}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** The levers of the local platform. */
export const control = {
  fault: (rule: FaultRule) => send<unknown>('POST', '/faults', rule),
  faults: () => send<(FaultRule & { hits: number })[]>('GET', '/faults'),
  clearFaults: () => send<unknown>('DELETE', '/faults'),
  /** SIGKILLs every Lambda host; new ones take their place. */
  killHosts: async (): Promise<number[]> => {
    const { hosts } = await send<{ hosts: { pid: number }[] }>('GET', '/state');
    const killed = await Promise.all(
      hosts.map(({ pid }) => send<{ pid: number }>('POST', '/hosts/kill', { pid })),
    );
    return killed.map(({ pid }) => pid);
  },
  /** The newest events that were published, newest first. */
  events: async () =>
    (await send<{ events: { type?: string; aggregateId?: string }[] }>('GET', '/live')).events,
  runSchedule: (functionName: string) => send<unknown>('POST', `/schedules/${functionName}/run`),
  mails: () => send<{ to: string[]; subject: string; text?: string }[]>('GET', '/mails'),
};

/** Tells the payment sandbox how to behave; `undefined` ends all misbehaviour. */
export async function provider(behaviour: Record<string, unknown> | undefined): Promise<void> {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/behaviour`, {
    method: behaviour === undefined ? 'DELETE' : 'POST',
    ...(behaviour === undefined ? {} : { body: JSON.stringify(behaviour) }),
  });
  if (!response.ok) throw new Error(`behaviour: ${response.status} ${await response.text()}`);
}

/** How many of the failures that the provider was told of are still to come. */
export async function providerFailures(): Promise<number> {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/behaviour`);
  return ((await response.json()) as { failNext?: number }).failNext ?? 0;
}
