import { nonEmpty } from '../setup/non-empty.ts';
import { anyResource } from './any-resource.ts';
import { type Policy, policiesOf, type Statement } from './policy-documents.ts';
import { compileTimeoutMs, nameOf, stageOf, stages } from './stage.ts';

const policies = new Map<string, Policy[]>();
beforeAll(async () => {
  for (const stage of stages) policies.set(stage, policiesOf(await stageOf(stage)));
}, compileTimeoutMs);

const everyPolicy = (): Policy[] => nonEmpty([...policies.values()].flat(), 'the policies');

/** `*`, or everything of a service. */
const isAny = (resource: string): boolean => /^(\*|arn:aws:[\w-]*:[^:]*:[^:]*:\*)$/.test(resource);

function allowed(policy: Policy, wanted: (statement: Statement) => string[]): string[] {
  return policy.statements.filter(({ allows }) => allows).flatMap(wanted);
}

describe('policies', () => {
  test('contain no wildcard action: it would grow with every new feature of a service', () => {
    const found = everyPolicy().flatMap((policy) =>
      allowed(policy, ({ actions }) => actions)
        .filter((action) => action.includes('*'))
        .map((action) => `${nameOf(policy.of)}: ${action}`),
    );
    expect([...new Set(found)]).toEqual([]);
  });

  test('of roles name their resources, except where AWS supports none (any-resource.ts)', () => {
    const known = new Set(anyResource.flatMap(({ actions }) => actions));
    const found = everyPolicy()
      .filter(({ own }) => own)
      .flatMap((policy) =>
        allowed(policy, ({ actions, resources }) => (resources.some(isAny) ? actions : []))
          .filter((action) => !known.has(action))
          .map((action) => `${nameOf(policy.of)}: ${action}`),
      );
    expect([...new Set(found)]).toEqual([]);
  });

  test('use every exception of any-resource.ts', () => {
    const used = new Set(
      everyPolicy()
        .filter(({ own }) => own)
        .flatMap((policy) =>
          allowed(policy, ({ actions, resources }) => (resources.some(isAny) ? actions : [])),
        ),
    );
    expect(anyResource.flatMap(({ actions }) => actions).filter((action) => !used.has(action))).toEqual([]);
  });

  test('of resources admit everybody only under a condition', () => {
    const found = everyPolicy()
      .filter(({ own }) => !own)
      .flatMap((policy) =>
        allowed(policy, ({ sid, principals, conditions }) =>
          principals.includes('AWS:*') && Object.keys(conditions).length === 0 ? [sid] : [],
        ).map((sid) => `${nameOf(policy.of)}: ${sid}`),
      );
    expect([...new Set(found)]).toEqual([]);
  });

  test('of resources admit services only for this account or a named source', () => {
    const sources =
      /^aws:(source(account|arn|owner|orgid)|principalorgid)$|^kms:(calleraccount|viaservice)$/i;
    const found = everyPolicy()
      .filter(({ own }) => !own)
      .flatMap((policy) =>
        allowed(policy, ({ sid, principals, conditions }) => {
          const keys = Object.values(conditions).flatMap((each) => Object.keys(each));
          const context = keys.some((key) => sources.test(key) || /^kms:EncryptionContext/.test(key));
          return principals.some((name) => name.startsWith('Service:')) && !context ? [sid] : [];
        }).map((sid) => `${nameOf(policy.of)}: ${sid}`),
      );
    expect([...new Set(found)]).toEqual([]);
  });
});
