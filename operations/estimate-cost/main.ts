/**
 * What the shop costs on AWS: a month of a stage, and orders by the thousand: `npm run estimate:cost`. Fixed costs come from
 * the compiled stacks, orders from what the AWS endpoint counted, prices from operations/estimate-cost/prices.ts.
 */
import { runCommand, UsageError } from '../command.ts';
import { readOrderCalls } from './order-calls.ts';
import { prices } from './prices.ts';
import { fixedCostsOf, shapeOfStage, total } from './stage.ts';
import type { StageShape } from './stage-shape.ts';
import { type Assumptions, unitsPerOrder, variableCosts } from './variable.ts';

const help = `npm run estimate:cost -- [--stage prod] [--orders 10000] [--reads-per-order 50]

Prints what a month costs: fixed costs of the stage, and orders at 1, 10, 100 and 1000 times the volume.

  --stage            tiny, dev, staging or prod; default: all of them
  --orders           orders a month (default: 10000)
  --reads-per-order  product pages and lists looked at per order (default: 50)`;

const options = {
  stage: { type: 'string' },
  orders: { type: 'string', default: '10000' },
  'reads-per-order': { type: 'string', default: '50' },
} as const;

await runCommand(help, options, async ({ stage, ...values }) => {
  const orders = positive('--orders', values.orders);
  const readsPerOrder = positive('--reads-per-order', values['reads-per-order']);
  console.log(`US dollars a month, list prices of ${prices.asOf}, ${prices.region}\n`);
  const stages = stage === undefined ? ['tiny', 'dev', 'staging', 'prod'] : [stage];
  const monthly: Record<string, number> = {};
  for (const each of stages) monthly[each] = await printFixedCosts(each);
  const measured = stages.at(-1) ?? 'prod';
  const perThousand = printVariableCosts(
    { readsPerOrder, cachedReads: 0.9 },
    measured,
    await shapeOfStage(measured),
  );
  console.log('A month by volume, fixed costs as above (larger databases are a step of docs/scaling.md)');
  for (const factor of [1, 10, 100, 1000]) {
    const volume = orders * factor;
    const variable = (volume / 1_000) * perThousand;
    const totals = Object.entries(monthly).map(([name, fixed]) => `${name} ${dollars(fixed + variable)}`);
    console.log(
      `  ${volume.toLocaleString('en').padStart(12)} orders: ${dollars(variable).padStart(12)} variable; total ${totals.join(', ')}`,
    );
  }
});

async function printFixedCosts(stage: string): Promise<number> {
  const costs = await fixedCostsOf(stage);
  console.log(`Fixed, stage ${stage}: ${dollars(total(costs))}`);
  for (const { what, count, usd } of costs) console.log(`  ${dollars(usd).padStart(10)}  ${what} × ${count}`);
  console.log();
  return total(costs);
}

/** Prints and returns the cost of 1,000 orders in a stage. */
function printVariableCosts(assumptions: Assumptions, stage: string, shape: StageShape): number {
  const counts = readOrderCalls();
  console.log(
    `1,000 orders in ${stage} with ${assumptions.readsPerOrder} reads each (an order: ${sum(counts.invocations)} invocations, ${sum(counts.calls)} AWS calls, ${unitsPerOrder(counts, shape).writes.toFixed(0)} write units; counted ${counts.measured})`,
  );
  const costs = variableCosts(counts, 1_000, assumptions, shape);
  for (const { what, quantity, usd } of costs)
    console.log(
      `  ${dollars(usd).padStart(10)}  ${what} (${quantity.toLocaleString('en', { maximumFractionDigits: quantity < 10 ? 2 : 0 })})`,
    );
  console.log(`  ${dollars(total(costs)).padStart(10)}  total\n`);
  return total(costs);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`${option} ${text} is not a positive number`);
}

function sum(counts: Record<string, number>): string {
  return Object.values(counts)
    .reduce((sum, count) => sum + count, 0)
    .toFixed(1);
}

function dollars(usd: number): string {
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
