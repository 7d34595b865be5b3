import { fixedCosts } from '../../operations/estimate-cost/fixed.ts';
import { accountId, compileTimeoutMs, region, stageOf, stages } from './stage.ts';

test.each(stages)(
  'the budget of %s counts the resources with its tag, and exceeds the fixed cost',
  async (name) => {
    const { stacks, resources } = await stageOf(name);
    const [budget] = resources.filter(({ type }) => type === 'AWS::Budgets::Budget');
    const { BudgetLimit, CostFilters } = budget!.properties['Budget'] as {
      BudgetLimit: { Amount: string };
      CostFilters: { TagKeyValue: string[] };
    };
    expect(CostFilters.TagKeyValue).toEqual([`user:Environment$${name}`]);
    const fixed = fixedCosts(stacks, { region, accountId }).reduce((sum, { usd }) => sum + usd, 0);
    expect(Number(BudgetLimit.Amount)).toBeGreaterThan(1.1 * fixed);
  },
  compileTimeoutMs,
);
