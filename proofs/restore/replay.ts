import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { root } from '../../build/stacks.ts';
import { ControlClient } from '../../platform/control/control-client.ts';
import type { Addresses } from './shop.ts';
import { readQueues, readState } from './state.ts';

/** Services whose sweeps publish what is unsent; in AWS their schedules do each minute. */
const sweeps = [
  'users-%-relay-outbox',
  'orders-%-relay-outbox',
  'payments-%-relay-outbox',
  'products-%-sweep-outbox',
  'media-%-sweep-outbox',
];

/** Runs the command of the runbook, `npm run republish:events`; answers its lines. @throws Error with what it said */
export async function sendAgain(shop: Addresses, since: Date): Promise<string[]> {
  const { stage, region, credentials, awsUrl } = shop;
  const { stdout } = await execa(
    process.execPath,
    ['operations/standby/republish.ts', '--stage', stage, '--since', since.toISOString()],
    {
      cwd: root,
      env: {
        AWS_ENDPOINT_URL: awsUrl,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
      timeout: 60_000,
    },
  );
  return stdout.split('\n');
}

/**
 * Waits until the queues are empty, or until nothing at all is on its way, or the time (ms) is over. The schedules are
 * run all along; on AWS they come each minute by themselves.
 */
export async function catchUp(
  shop: Addresses,
  what: 'queues' | 'everything',
  untilMs: number,
): Promise<void> {
  let empty = 0;
  while (empty < 3 && Date.now() < untilMs) {
    await sweep(shop);
    await pause(300);
    empty = (await stillBusy(shop, what)) ? 0 : empty + 1;
  }
}

async function stillBusy(shop: Addresses, what: 'queues' | 'everything'): Promise<boolean> {
  const queues = await readQueues(shop);
  if (queues.some(({ waiting, dead }) => !dead && waiting > 0)) return true;
  if (what === 'queues') return false;
  const { orders, outboxes, holds } = await readState(shop);
  const known = new Set(orders.map(({ id }) => id));
  return (
    orders.some(({ status }) => status === 'pending') ||
    Object.values(outboxes).some((outbox) => outbox.some(({ sent }) => !sent)) ||
    holds.some(({ orderId }) => known.has(orderId))
  );
}

async function sweep({ consoleUrl, project, stage }: Addresses): Promise<void> {
  const control = new ControlClient(consoleUrl);
  await Promise.all(
    sweeps.map(async (name) => {
      await control.send('POST /schedules/:name/run', { name: `${project}-${name.replace('%', stage)}` });
    }),
  );
}
