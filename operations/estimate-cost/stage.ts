import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { CompiledStack } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { type FixedCost, fixedCosts } from './fixed.ts';
import { prices } from './prices.ts';
import { type StageShape, shapeOf } from './stage-shape.ts';

const region = prices.region;

/** A stage's monthly costs without load, from its compiled stacks, most expensive first. */
export const fixedCostsOf = async (stage: string): Promise<FixedCost[]> =>
  fixedCosts(await stacksOf(stage), { region, accountId: '000000000000' });

/** What determines the cost of an order in a stage. */
export const shapeOfStage = async (stage: string): Promise<StageShape> =>
  shapeOf(await stacksOf(stage), stage, region);

/**
 * prod requires a domain, which adds a hosted zone, health checks and a second firewall. The compiler reads the domain
 * from the environment.
 */
async function stacksOf(stage: string): Promise<CompiledStack[]> {
  if (stage !== 'prod' || process.env['SHOP_DOMAIN'] !== undefined) return compileStacks({ root, stage });
  process.env['SHOP_DOMAIN'] = 'shop.example';
  try {
    return await compileStacks({ root, stage });
  } finally {
    delete process.env['SHOP_DOMAIN'];
  }
}

/** The sum of several costs in US dollars. */
export const total = (costs: readonly { usd: number }[]): number =>
  costs.reduce((sum, { usd }) => sum + usd, 0);
