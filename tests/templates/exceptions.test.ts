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
    'that apply to one resource name a resource of its type that exists, and none twice',
    async () => {
      const everyStack = (await Promise.all(stages.map(stacksOf))).flat();
      for (const { type, resource } of nonEmpty(exceptions)) {
        const found = everyStack.filter(({ template }) => template.Resources[resource]?.Type === type);
        expect([resource, found.length > 0]).toEqual([resource, true]);
      }
      const names = exceptions.map(({ tool, rule, resource }) => `${tool} ${rule} ${resource}`);
      expect(new Set(names).size).toBe(names.length);
    },
    compileTimeoutMs,
  );

  test('of open routes name reads, what proves an identity itself, and signed webhooks only', () => {
    const changes = exceptions
      .filter(({ rule, resource }) => rule === 'CKV_AWS_59' && !/(Get|Head)$/.test(resource))
      .map(({ resource }) => resource.replace('ApiGatewayMethodApiV1', ''));
    expect(nonEmpty(changes).toSorted()).toEqual([
      'AuthAcceptDashinvitationPost',
      'AuthLoginPost',
      'AuthLogoutPost',
      'AuthPasswordDashresetConfirmPost',
      'AuthPasswordDashresetPost',
      'AuthRefreshPost',
      'AuthRegisterPost',
      'AuthVerifyDashemailPost',
      'AuthVerifyDashemailResendPost',
      'PaymentsWebhooksStripePost',
    ]);
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
