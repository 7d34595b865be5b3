import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startFloorEngines } from './floor/engines.ts';
import { startFloor, stockUp } from './floor/order.ts';
import { closedLoop, percentiles, printTable, treeCpuSeconds } from './measure.ts';

/** One line of the floor: what the bare engines reach with so many customers. */
export type FloorLine = {
  customers: number;
  /** Until everything that follows is done. */
  ordersPerSecond: number;
  /** While the customers order. */
  paidPerSecond: number;
  paidP50Ms: number;
  paidP95Ms: number;
  cpuMsPerOrder: number;
};

/** The bare engines, ready to be measured again and again. */
export type FloorBench = {
  /** Orders by so many customers for so many seconds. */
  measure(customers: number, seconds: number): Promise<FloorLine>;
  stop(): Promise<void>;
};

/**
 * Starts the floor: the bare engine calls of one complete order (two lines), driven from this process, without any
 * of the shop's code.
 */
export async function openFloor(): Promise<FloorBench> {
  // Under the project, since PostgreSQL's own user must be able to enter it.
  const folder = await mkdtemp(join(import.meta.dirname, '..', '.local-floor-'));
  const engines = await startFloorEngines(folder);
  const floor = startFloor(engines);
  const { postgres, dynamo, messaging } = engines.pids;
  const cpu = () =>
    process.cpuUsage().user / 1e6 +
    process.cpuUsage().system / 1e6 +
    [postgres, dynamo, messaging].reduce((sum, pid) => sum + treeCpuSeconds(pid), 0);
  await stockUp(engines);
  await closedLoop(8, { seconds: 2, count: 500 }, () => floor.place());
  await floor.settled();
  return {
    measure: async (customers, seconds) => {
      const cpuBefore = cpu();
      const started = performance.now();
      const { results, seconds: loaded } = await closedLoop(customers, { seconds, count: 50_000 }, () =>
        floor.place(),
      );
      await floor.settled();
      const elapsed = (performance.now() - started) / 1000;
      const paid = percentiles(results.map(({ paidMs }) => paidMs));
      return {
        customers,
        ordersPerSecond: results.length / elapsed,
        paidPerSecond: results.length / loaded,
        paidP50Ms: paid.p50,
        paidP95Ms: paid.p95,
        cpuMsPerOrder: ((cpu() - cpuBefore) * 1000) / results.length,
      };
    },
    stop: async () => {
      floor.stop();
      await engines.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

if (import.meta.main) {
  console.log(
    'The floor: bare engine calls of one complete order (two lines), engines durable, one driver process',
  );
  const floor = await openFloor();
  const lines = [];
  for (const customers of [1, 8, 32])
    lines.push(await floor.measure(customers, Number(process.argv[2] ?? 8)));
  await floor.stop();
  printTable(lines);
  process.exit(0);
}
