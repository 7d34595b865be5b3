import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { root } from '../../build/stacks.ts';
import { type FixedCost, fixedCosts } from './fixed.ts';
import { prices } from './prices.ts';

/** A stage's monthly costs without load, from its compiled stacks, most expensive first. */
export async function fixedCostsOf(stage: string): Promise<FixedCost[]> {
  const account = { region: prices.region, accountId: '000000000000' };
  // prod requires a domain, which adds a hosted zone, health checks and a second firewall. The compiler reads the
  // domain from the environment.
  if (stage !== 'prod' || process.env['SHOP_DOMAIN'] !== undefined)
    return fixedCosts(await compileStacks({ root, stage }), account);
  process.env['SHOP_DOMAIN'] = 'shop.example';
  try {
    return fixedCosts(await compileStacks({ root, stage }), account);
  } finally {
    delete process.env['SHOP_DOMAIN'];
  }
}

/** The sum of several costs in US dollars. */
export const total = (costs: readonly { usd: number }[]): number =>
  costs.reduce((sum, { usd }) => sum + usd, 0);
