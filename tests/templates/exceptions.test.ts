import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contradictions, exceptions, suppressionsIn } from '../../build/lint-infra/exceptions.ts';
import { root } from '../../build/stacks.ts';
import { compileTimeoutMs, stacksOf, stages } from './stage.ts';

describe('exceptions of the linters', () => {
  test('that hold for a whole tool are those of ADR 0009', () => {
    const table = readFileSync(join(root, 'docs/decisions/0009-lint-exceptions.md'), 'utf8');
    const decided = [...table.matchAll(/^\| ([A-Z]+\d*_?\w*) /gm)].map((match) => match[1]);
    expect(Object.values(contradictions()).flat().toSorted()).toEqual(decided.toSorted());
  });

  test(
    'that hold for a resource each say why',
    async () => {
      for (const { reason } of exceptions) expect(reason.length).toBeGreaterThan(20);
      for (const stage of stages)
        for (const { name, template } of await stacksOf(stage))
          for (const { rule, resource, reason } of suppressionsIn(template))
            expect([name, resource, rule, reason.trim().length > 10]).toEqual([name, resource, rule, true]);
    },
    compileTimeoutMs,
  );
});
