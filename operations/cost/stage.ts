import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { root } from '../../build/stacks.ts';
import { type FixedCost, fixedCosts } from './fixed.ts';
import { prices } from './prices.ts';

/** What a stage costs a month while nobody buys, as its stacks compile now; the dearest first. */
export async function fixedCostsOf(stage: string): Promise<FixedCost[]> {
  // prod answers under its own domain only (npm run doctor): zone, health checks and a second firewall come with it.
  if (stage === 'prod') process.env['SHOP_DOMAIN'] ??= 'shop.example';
  return fixedCosts(await compileStacks({ root, stage }), {
    region: prices.region,
    accountId: '000000000000',
  });
}

/** US dollars of several costs together. */
export const together = (costs: readonly { usd: number }[]): number =>
  costs.reduce((sum, { usd }) => sum + usd, 0);
