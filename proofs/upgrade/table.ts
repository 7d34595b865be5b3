import { differences, lostOf, type Observed } from './ledger.ts';
import type { Load } from './load.ts';
import { reportOf } from './log.ts';

/** What was deployed under load. */
export type Deployed = {
  /** Events that waited when the newer function of their queue took over, by queue. */
  handedOver: Readonly<Record<string, number>>;
  /** Payments that the former release began and the current one ended. */
  confirmed: number;
  times: { name: string; ms: number }[];
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * Prints what an upgrade came to, and answers what is wrong with it, a sentence each.
 * @param endedAt when the last customer left (ms)
 */
export function printFigures(load: Load, endedAt: number, seen: Observed, deployed: Deployed): string[] {
  const { handedOver, confirmed, times } = deployed;
  const service = reportOf(load.requests, load.startedAt, endedAt);
  const placed = load.wishes.filter((wish) => wish.placed);
  const inState = (status: string) => seen.orders.filter((order) => order.status === status).length;
  const faults = differences(load.wishes, seen);
  const events = Object.values(handedOver).reduce((sum, count) => sum + count, 0);
  const failures = [...service.failures].map(([failure, count]) => `${failure} × ${count}`).join(', ');
  const queues = Object.entries(handedOver).map(([queue, count]) => `${queue} ${count}`);
  const rows: [string, string | number, string?][] = [
    ['requests', service.requests, `in ${seconds(endedAt - load.startedAt)}`],
    ['healed by asking again', service.healed, failures],
    ['failures not healed', service.unhealed.length],
    ['orders placed', placed.length],
    ['  paid', inState('paid')],
    ['  cancelled, their card declined', inState('cancelled')],
    ['  lost', lostOf(load.wishes, seen).length],
    ['other broken promises', faults.length],
    ['events that waited for their newer function', events, queues.join(', ')],
    ['payments begun in the former, ended in the current', confirmed],
    ...times.map(({ name, ms }): [string, string] => [name, seconds(ms)]),
    ['longest gap in service', seconds(service.longestGapMs)],
    ['longest that one request took', seconds(service.longestWaitMs)],
  ];
  console.log('\nThe upgrade under load:');
  for (const [name, value, note = ''] of rows)
    console.log(`  ${name.padEnd(50)}  ${String(value).padStart(8)}${note === '' ? '' : `  (${note})`}`);
  const unhealed = service.unhealed.map(
    ({ what, givenUp, failures: met }) => `${what}: ${[...met, givenUp].join(', ')}`,
  );
  const unproved = events === 0 ? ['no event waited for a newer function'] : [];
  return [...unhealed, ...unproved, ...faults];
}
