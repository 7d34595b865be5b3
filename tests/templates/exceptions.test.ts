import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contradictions, exceptions, suppressionsIn } from '../../build/lint-infra/exceptions.ts';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { compileTimeoutMs, stacksOf, stages } from './stage.ts';

describe('exceptions of the linters', () => {
  test('that apply to a whole tool are those of ADR 0009', () => {
    const table = readFileSync(join(root, 'docs/decisions/0009-lint-exceptions.md'), 'utf8');
    const decided = [...table.matchAll(/^\| ([A-Z]+\d*_?\w*) /gm)].map((match) => match[1]);
    expect(Object.values(contradictions()).flat().toSorted()).toEqual(nonEmpty(decided).toSorted());
  });

  test(
    'that apply to one resource state a reason',
    async () => {
      for (const { reason } of nonEmpty(exceptions)) expect(reason.length).toBeGreaterThan(20);
      const suppressions = (await Promise.all(stages.map(stacksOf)))
        .flat()
        .flatMap(({ name, template }) => suppressionsIn(template).map((each) => ({ name, ...each })));
      for (const { name, rule, resource, reason } of nonEmpty(suppressions))
        expect([name, resource, rule, reason.trim().length > 10]).toEqual([name, resource, rule, true]);
    },
    compileTimeoutMs,
  );
});
