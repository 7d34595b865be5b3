import { type Check, placedOrders } from '../load/expectations.ts';
import type { Load } from '../load/load.ts';
import type { ShopState } from '../load/shop-state.ts';
import { reportOf } from './service-report.ts';

/** What happened during the deployments. */
export type DeploymentResult = {
  /** Number of events that waited when their queue's function was replaced, by queue. */
  handedOver: Readonly<Record<string, number>>;
  /** Payments that began in the previous release and ended in the current one. */
  confirmed: number;
  times: { name: string; ms: number }[];
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Prints the figures of an upgrade, and returns its failures, one sentence each. `endedAt` is the end of the load (ms). */
export function printSummary(
  load: Load,
  endedAt: number,
  { orders }: ShopState,
  checks: readonly Check[],
  { handedOver, confirmed, times }: DeploymentResult,
): string[] {
  const service = reportOf(load.requests, load.startedAt, endedAt);
  const countOf = (status: string) => orders.filter((order) => order.status === status).length;
  const violations = checks.flatMap((check) => check.violations.map((each) => `${check.name}: ${each}`));
  const events = Object.values(handedOver).reduce((sum, count) => sum + count, 0);
  const failures = [...service.failures].map(([failure, count]) => `${failure} × ${count}`).join(', ');
  const queues = Object.entries(handedOver).map(([queue, count]) => `${queue} ${count}`);
  const rows: [string, string | number, string?][] = [
    ['requests', service.requests, `in ${seconds(endedAt - load.startedAt)}`],
    ['requests that succeeded on a retry', service.retried, failures],
    ['requests that failed', service.failed.length],
    ['orders placed', placedOrders(load.orders).length],
    ['  paid', countOf('paid')],
    ['  cancelled because the card was declined', countOf('cancelled')],
    ['violated expectations', violations.length],
    ['events handed over to a newer function', events, queues.join(', ')],
    ['payments begun in the previous, ended in the current release', confirmed],
    ...times.map(({ name, ms }): [string, string] => [name, seconds(ms)]),
    ['longest gap in service', seconds(service.longestGapMs)],
    ['longest request', seconds(service.longestRequestMs)],
  ];
  console.log('\nThe upgrade under load:');
  for (const [name, value, note = ''] of rows)
    console.log(`  ${name.padEnd(60)}  ${String(value).padStart(8)}${note === '' ? '' : `  (${note})`}`);
  const failed = service.failed.map(
    ({ what, error, failures: attempts }) => `${what}: ${[...attempts, error].join(', ')}`,
  );
  return [...failed, ...(events === 0 ? ['no event waited for a newer function'] : []), ...violations];
}
