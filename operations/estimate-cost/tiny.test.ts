import { fixedCostsOf, total } from './stage.ts';

/** What the fixed costs of a month may be (docs/decisions/0022-tiny-stages.md). */
const limitUsd = 40;

test('a tiny stage costs less than 40 dollars a month without orders', async () => {
  const costs = await fixedCostsOf('tiny');
  expect(total(costs)).toBeLessThan(limitUsd);
  expect(costs.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['PostgreSQL db.t4g.micro', 'public address', 'encryption key', 'secret']),
  );
}, 180_000);
