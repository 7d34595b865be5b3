/**
 * What the shop costs on AWS: a month of a stage, and orders by the thousand: `npm run estimate:cost`. Fixed costs come from
 * the compiled stacks, orders from what the AWS endpoint counted, prices from operations/cost/prices.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureOrderCalls, orderCalls, orderCallsFile } from '../../bench/order-calls.ts';
import { prices } from './prices.ts';
import { fixedCostsOf, together } from './stage.ts';
import { variableCosts } from './variable.ts';

const help = `npm run estimate:cost -- [--stage prod] [--orders 10000] [--reads-per-order 50] [--measure]

Prints what a month costs: fixed costs of the stage, and orders at 1, 10, 100 and 1000 times the volume.

  --stage            dev, staging or prod; default: all three
  --orders           orders a month (default: 10000)
  --reads-per-order  product pages and lists looked at per order (default: 50)
  --measure          count anew what an order causes (starts a shop, about a minute) into docs/order-calls.json`;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    orders: { type: 'string', default: '10000' },
    'reads-per-order': { type: 'string', default: '50' },
    measure: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help);
else await print();

async function print(): Promise<void> {
  const orders = positive('--orders', values.orders);
  const assumed = {
    readsPerOrder: positive('--reads-per-order', values['reads-per-order']),
    cachedReads: 0.9,
  };
  if (values.measure) {
    const counted = await measureOrderCalls(new Date().toISOString().slice(0, 10));
    writeFileSync(orderCallsFile, `${JSON.stringify(counted, null, 2)}\n`);
  }
  const counts = orderCalls.parse(JSON.parse(readFileSync(orderCallsFile, 'utf8')));

  console.log(`US dollars a month, list prices of ${prices.asOf}, ${prices.region}\n`);
  const monthly: Record<string, number> = {};
  for (const stage of values.stage === undefined ? ['dev', 'staging', 'prod'] : [values.stage]) {
    const costs = await fixedCostsOf(stage);
    monthly[stage] = together(costs);
    console.log(`Fixed, stage ${stage}: ${dollars(monthly[stage])}`);
    for (const { what, count, usd } of costs)
      console.log(`  ${dollars(usd).padStart(10)}  ${what} × ${count}`);
    console.log();
  }

  console.log(
    `1,000 orders with ${assumed.readsPerOrder} reads each (an order: ${total(counts.invocations)} invocations, ${total(counts.calls)} AWS calls; counted ${counts.measured})`,
  );
  const thousand = variableCosts(counts, 1_000, assumed);
  for (const { what, quantity, usd } of thousand)
    console.log(
      `  ${dollars(usd).padStart(10)}  ${what} (${quantity.toLocaleString('en', { maximumFractionDigits: quantity < 10 ? 2 : 0 })})`,
    );
  const perThousand = together(thousand);
  console.log(`  ${dollars(perThousand).padStart(10)}  together\n`);

  console.log('A month by volume, fixed costs as above (larger databases are a step of docs/scaling.md)');
  for (const factor of [1, 10, 100, 1000]) {
    const volume = orders * factor;
    const variable = (volume / 1_000) * perThousand;
    const stages = Object.entries(monthly).map(([stage, fixed]) => `${stage} ${dollars(fixed + variable)}`);
    console.log(
      `  ${volume.toLocaleString('en').padStart(12)} orders: ${dollars(variable).padStart(12)} for them; with ${stages.join(', ')}`,
    );
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  console.error(`${option} ${text}: a positive number is needed`);
  process.exit(2);
}

function total(counts: Record<string, number>): string {
  return Object.values(counts)
    .reduce((sum, count) => sum + count, 0)
    .toFixed(1);
}

function dollars(usd: number): string {
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
