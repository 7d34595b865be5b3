import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startFloorEngines } from './floor/engines.ts';
import { startFloor, stockUp } from './floor/order.ts';
import { benchArguments, closedLoop, percentiles, printTable, treeCpuSeconds } from './measure.ts';
import { finish } from './record.ts';

/** What the bare engines reach with a number of customers. */
export type FloorResult = {
  customers: number;
  /** Until every event is processed. */
  ordersPerSecond: number;
  /** During the load. */
  paidPerSecond: number;
  paidP50Ms: number;
  paidP95Ms: number;
  cpuMsPerOrder: number;
};

/** The bare engines, which can be measured repeatedly. */
export type FloorBench = {
  measure(customers: number, seconds: number): Promise<FloorResult>;
  stop(): Promise<void>;
};

/** Starts the floor: the engine calls of one complete order with two lines, sent by this process without shop code. */
export async function openFloor(): Promise<FloorBench> {
  // Inside the project, because PostgreSQL's own user must be able to enter the folder.
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
    'The floor: engine calls of one complete order with two lines, durable engines, one client process',
  );
  const floor = await openFloor();
  const lines = [];
  for (const customers of [1, 8, 32])
    lines.push(await floor.measure(customers, Number(benchArguments[0] ?? 8)));
  await floor.stop();
  printTable('The floor: engine calls of one order', lines);
  finish('bench-floor', 'npm run bench:floor');
}
