import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from '../../build/compiled.ts';
import { root } from '../../build/stacks.ts';
import { warmInstances } from '../../operations/check-stage/resource-counts.ts';
import type { FixedCost } from '../../operations/estimate-cost/fixed.ts';
import { readOrderCalls } from '../../operations/estimate-cost/order-calls.ts';
import { fixedCostsOf, shapeOfStage, total } from '../../operations/estimate-cost/stage.ts';
import { unitsPerOrder, variableCosts } from '../../operations/estimate-cost/variable.ts';

/** Compares every figure of docs/cost.md that `npm run estimate:cost` prints, and its copies, with what it prints now. */
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const document = text('docs/cost.md');
const amount = (figure = ''): number => Number(figure.replace(/[$,]/g, ''));
const compileTimeoutMs = 120_000;

/** Figures are rounded; settings that change by less than 2 % do not make the page wrong. */
function expectClose(what: string, documented: string | undefined, computed: number, step = 0.5): void {
  const difference = Math.abs(amount(documented) - computed);
  expect([what, documented, difference <= Math.max(computed * 0.02, step) ? documented : computed]).toEqual([
    what,
    documented,
    documented,
  ]);
}

/** The resources that a label of the column "mostly" names. */
const kinds: Record<string, RegExp> = {
  proxies: /^database proxy/,
  'NAT gateway': /^NAT gateway/,
  NAT: /^NAT gateway/,
  databases: /^PostgreSQL/,
  database: /^PostgreSQL/,
  keys: /^encryption key/,
  address: /^public address/,
  'Redis nodes': /^Redis/,
  Redis: /^Redis/,
  'warm instances of functions': /^warm instance/,
  endpoints: /^interface endpoint/,
  alarms: /^alarm/,
  firewalls: /^web firewall/,
  'health checks with their requests': /^health check/,
};

describe.each(['tiny', 'dev', 'staging', 'prod'])('docs/cost.md gives for %s', (stage) => {
  let costs: FixedCost[];
  beforeAll(async () => {
    costs = await fixedCostsOf(stage);
  }, compileTimeoutMs);
  const [, documented, parts = ''] =
    new RegExp(`^\\| ${stage} \\| (\\$[\\d,]+) \\| (.*) \\|$`, 'm').exec(document) ?? [];

  test('the cost of a month without orders', () => expectClose('a month', documented, total(costs)));

  test('its largest parts', () => {
    const found = [...parts.replaceAll(/ \([^)]*\)/g, '').matchAll(/([^$]+?) (\$[\d,]+)(?:, |$)/g)];
    expect(found.length).toBeGreaterThan(2);
    for (const [, label = '', usd] of found) {
      const [, kind] = Object.entries(kinds).find(([name]) => label.endsWith(name)) ?? [];
      const named = costs.filter(({ what }) => kind?.test(what));
      expect([label, named.length > 0]).toEqual([label, true]);
      expectClose(label, usd, total(named));
    }
  });
});

describe('the figures of orders', () => {
  const counts = readOrderCalls();
  const sum = (of: Record<string, number>) => Object.values(of).reduce((all, each) => all + each, 0);
  let perThousand: { what: string; usd: number }[];
  let units: number;
  let fixed: number;
  beforeAll(async () => {
    const shape = await shapeOfStage('prod');
    perThousand = variableCosts(counts, 1_000, { readsPerOrder: 50, cachedReads: 0.9 }, shape);
    units = unitsPerOrder(counts, shape).writes;
    fixed = total(await fixedCostsOf('prod'));
  }, compileTimeoutMs);

  test.each(['docs/cost.md', 'docs/scaling.md'])('in %s are those of docs/order-calls.json', (path) => {
    const causes = /causes ([\d.]+) invocations, ([\d.]+) AWS calls.*?([\d]+) (?:DynamoDB )?write units/;
    const [, invocations, calls, writeUnits] = causes.exec(text(path)) ?? [];
    expect(invocations).toBe(sum(counts.invocations).toFixed(1));
    expect(calls).toBe(sum(counts.calls).toFixed(1));
    expect(writeUnits).toBe(units.toFixed(0));
  });

  test('in the step of docs/scaling.md about DynamoDB are the same', () => {
    const [, orders = '', each, all] =
      /([\d]+) × (\d+) = ([\d,]+) write units/.exec(text('docs/scaling.md')) ?? [];
    expect(each).toBe(units.toFixed(0));
    expect(amount(all)).toBe(Number(orders) * Number(each));
  });

  test('are the cost of 1,000, in total and by service', () => {
    const [, all, parts = ''] = /each cost \*\*(\$[\d.]+)\*\*: (.*)\./.exec(document) ?? [];
    expect(all).toBe(`$${total(perThousand).toFixed(2)}`);
    const services: [RegExp, RegExp][] = [
      [/API requests (\$[\d.]+)/, /^API Gateway/],
      [/mails (\$[\d.]+)/, /^mails/],
      [/DynamoDB writes (\$[\d.]+)/, /^DynamoDB write/],
      [/logs (\$[\d.]+)/, /^log GB/],
      [/firewall (\$[\d.]+)/, /^WAF/],
    ];
    let rest = total(perThousand);
    for (const [label, what] of services) {
      const usd = total(perThousand.filter((cost) => what.test(cost.what)));
      expect([label, label.exec(parts)?.[1]]).toEqual([label, `$${usd.toFixed(2)}`]);
      rest -= usd;
    }
    expectClose('the rest', /the rest (\$[\d.]+)/.exec(parts)?.[1], rest, 0.01);
  });

  test('are the cost of a month by volume', () => {
    const rows = [...document.matchAll(/^\| ([\d,]+) \| (\$[\d,]+) \| (\$[\d,]+)[^|]*\| ([\d.]+) ¢ \|$/gm)];
    expect(rows).toHaveLength(4);
    for (const [, orders, variable, all, cents] of rows) {
      const usd = (amount(orders) / 1_000) * total(perThousand);
      expectClose(`${orders} orders`, variable, usd);
      expectClose(`${orders} orders in total`, all, fixed + usd);
      expectClose(`one of ${orders} orders`, cents, ((fixed + usd) / amount(orders)) * 100, 0.005);
    }
  });
});

test.each(['README.md', 'docs/cost.md'])(
  '%s gives the cost of a day of a small stage',
  async (path) => {
    const [, perDay] = /(?:about|evening:) \$(\d+)(?: a day|\.)/.exec(text(path)) ?? [];
    expectClose('a day', perDay, total(await fixedCostsOf('dev')) / 30);
  },
  compileTimeoutMs,
);

test(
  'docs/scaling.md gives the concurrency that npm run check:stage asks for',
  async () => {
    const { least, most } = warmInstances(await compiled('prod'), 'eu-west-1');
    const [, required, recommended] =
      /instances \(prod: (\d+)\), and warns for prod below (\d+)/.exec(text('docs/scaling.md')) ?? [];
    expect([Number(required), Number(recommended)]).toEqual([100 + least, 100 + most]);
  },
  compileTimeoutMs,
);

test(
  'docs/deploying.md gives the cost of a tiny and of a small stage',
  async () => {
    const [, tiny, small] = /about (\$\d+) a month instead of (\$\d+)/.exec(text('docs/deploying.md')) ?? [];
    expectClose('tiny', tiny, total(await fixedCostsOf('tiny')));
    expectClose('dev', small, total(await fixedCostsOf('dev')));
  },
  compileTimeoutMs,
);
