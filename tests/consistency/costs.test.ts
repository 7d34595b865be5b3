import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/stacks.ts';
import { fixedCostsOf, total } from '../../operations/estimate-cost/stage.ts';

const figures = readFileSync(join(root, 'docs/cost.md'), 'utf8');

test.each(['dev', 'staging', 'prod'])(
  'docs/cost.md gives the cost of %s within 2 %%',
  async (stage) => {
    const [, documented = ''] = new RegExp(`^\\| ${stage} \\| \\$([\\d,]+) \\|`, 'm').exec(figures) ?? [];
    const computed = total(await fixedCostsOf(stage));
    expect(Math.abs(Number(documented.replace(',', '')) / computed - 1)).toBeLessThan(0.02);
  },
  120_000,
);
