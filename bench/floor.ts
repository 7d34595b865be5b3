import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startFloorEngines } from './floor/engines.ts';
import { startFloor, stockUp } from './floor/order.ts';
import { closedLoop, cpuSeconds, percentiles, printTable, processTree } from './measure.ts';

/** One line of the floor: what the bare engines reach with so many customers. */
export type FloorLine = {
  customers: number;
  ordersPerSecond: number;
  paidP50Ms: number;
  paidP95Ms: number;
  cpuMsPerOrder: number;
};

/**
 * Measures the floor: the bare engine calls of one complete order, driven from one process, without any of the
 * shop's code. `seconds` bounds each run.
 */
export async function measureFloor(customerCounts: number[], seconds: number): Promise<FloorLine[]> {
  // Under the project, since PostgreSQL's own user must be able to enter it.
  const folder = await mkdtemp(join(import.meta.dirname, '..', '.local-floor-'));
  const engines = await startFloorEngines(folder);
  const floor = startFloor(engines);
  const cpu = () => processTree(process.pid).reduce((sum, pid) => sum + (cpuSeconds(pid) || 0), 0);
  const lines: FloorLine[] = [];
  try {
    await stockUp(engines);
    await closedLoop(8, { seconds: 2, count: 500 }, () => floor.place());
    await floor.settled();
    for (const customers of customerCounts) {
      const cpuBefore = cpu();
      const started = performance.now();
      const { results } = await closedLoop(customers, { seconds, count: 50_000 }, () => floor.place());
      await floor.settled();
      const elapsed = (performance.now() - started) / 1000;
      const paid = percentiles(results.map(({ paidMs }) => paidMs));
      lines.push({
        customers,
        ordersPerSecond: results.length / elapsed,
        paidP50Ms: paid.p50,
        paidP95Ms: paid.p95,
        cpuMsPerOrder: ((cpu() - cpuBefore) * 1000) / results.length,
      });
    }
  } finally {
    floor.stop();
    await engines.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return lines;
}

if (import.meta.main) {
  console.log(
    'The floor: bare engine calls of one complete order (two lines), engines durable, one driver process',
  );
  printTable(await measureFloor([1, 8, 32], Number(process.argv[2] ?? 8)));
  process.exit(0);
}
