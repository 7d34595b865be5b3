import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { RunningShop } from '../../bench/shop-process.ts';
import { root } from '../../build/stacks.ts';
import { ControlClient } from '../../platform/control/control-client.ts';
import { readQueues, readState } from '../load/shop-state.ts';

/** The functions that publish unsent events; on AWS their schedules run each minute. */
const sweeps = [
  'users-%-relay-outbox',
  'orders-%-relay-outbox',
  'payments-%-relay-outbox',
  'products-%-sweep-outbox',
  'media-%-sweep-outbox',
];

/** Runs the runbook's `npm run republish:events` and returns its output lines. @throws Error with its output when it fails */
export async function republish({ aws, stage }: RunningShop, since: Date): Promise<string[]> {
  const args = ['--stage', stage, '--since', since.toISOString()];
  const { stdout } = await execa(process.execPath, ['operations/standby/republish-events.ts', ...args], {
    cwd: root,
    env: {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
      AWS_SESSION_TOKEN: aws.credentials.sessionToken ?? '',
    },
    timeout: 60_000,
  });
  return stdout.split('\n');
}

/** Runs the sweeps until the queues, or all stores, have nothing left to process, or until `endMs`. */
export async function waitUntilIdle(
  shop: RunningShop,
  what: 'queues' | 'everything',
  endMs: number,
): Promise<void> {
  // Three times in a row, because a message between two stores is in none of them.
  for (let idle = 0; idle < 3 && Date.now() < endMs; ) {
    await runSweeps(shop);
    await pause(300);
    idle = (await isBusy(shop, what)) ? 0 : idle + 1;
  }
}

async function isBusy(shop: RunningShop, what: 'queues' | 'everything'): Promise<boolean> {
  const queues = await readQueues(shop);
  if (queues.some(({ name, messages }) => messages > 0 && !/dead-letters|undelivered/.test(name)))
    return true;
  if (what === 'queues') return false;
  const { orders, outboxes, reservations } = await readState(shop);
  const ids = new Set(orders.map(({ id }) => id));
  return (
    orders.some(({ status }) => status === 'pending') ||
    Object.values(outboxes).some((outbox) => outbox.some(({ sent }) => !sent)) ||
    reservations.some(({ orderId }) => ids.has(orderId))
  );
}

async function runSweeps(shop: RunningShop): Promise<void> {
  const { project, stage } = shop;
  const control = new ControlClient(shop);
  await Promise.all(
    sweeps.map((name) =>
      control.send('POST /schedules/:name/run', { name: `${project}-${name.replace('%', stage)}` }),
    ),
  );
}
