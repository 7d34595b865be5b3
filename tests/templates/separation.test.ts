import { pattern } from '../../build/iam/pattern.ts';
import { exportingServices } from '../../shared/privacy/data-export.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { policiesOf } from './policy-documents.ts';
import { at, compileTimeoutMs, type Resource, type Stage, stageOf, stages } from './stage.ts';

/** A resource that functions of several stacks may use, and why. */
type Shared = { resource: RegExp; stacks: string[]; reason: string };

/** Whoever takes over one function must not reach another service's data: every other resource has one service. */
const sharedOnPurpose: Shared[] = [
  {
    resource: /secret:shop\/[^/]+\/mail\/token-key$/,
    stacks: ['shop-users', 'shop-notifications'],
    reason:
      'one issues the tokens in mails, the other writes the mails (docs/decisions/0027-mailed-tokens.md)',
  },
  {
    resource: /secret:shop\/[^/]+\/redis$/,
    stacks: ['shop-products', 'shop-users'],
    reason: 'Redis has one token: catalogue texts and hashed counts, no data of record',
  },
  ...exportingServices
    .filter((service) => service !== 'users')
    .map((service) => ({
      resource: new RegExp(`-user-files-[^/]+/exports/any/parts/${service}\\.json$`),
      stacks: [`shop-${service}`, 'shop-users'],
      reason: 'the part of an export: the service writes it, users reads it',
    })),
];

type Grant = { stack: string; resource: string };
type Finding = { resource: string; stacks: string[] };

/** What the roles of functions allow, except `*`: policies.test.ts admits it only where AWS supports no ARN. */
const grantsOf = (stage: Stage): Grant[] =>
  policiesOf(stage)
    .filter(({ of, own }) => own && isFunctionRole(of))
    .flatMap(({ of, statements }) =>
      statements
        .filter(({ allows }) => allows)
        .flatMap(({ resources }) => resources)
        .filter((resource) => resource !== '*')
        .map((resource) => ({ stack: of.stack.service, resource: wholeOf(resource) })),
    );

const isFunctionRole = (role: Resource): boolean =>
  JSON.stringify(at(role, 'AssumeRolePolicyDocument') ?? '').includes('lambda.amazonaws.com');

/** The table of an index or stream; a secret without the random end of its ARN, or the wildcards for it. */
const wholeOf = (arn: string): string =>
  arn.replace(/(:table\/[^/]+)\/.*$/, '$1').replace(/(:secret:.+)-[\w?]{6}$/, '$1');

/** Resources that functions of more than one stack may use. */
function sharedIn(grants: Grant[]): Finding[] {
  const patterns = grants.map(({ stack, resource }) => ({ stack, matches: pattern(resource) }));
  const resources = new Set(grants.map(({ resource }) => resource.replaceAll('*', 'any')));
  return [...resources]
    .map((resource) => ({
      resource,
      stacks: [...new Set(patterns.filter(({ matches }) => matches(resource)).map(({ stack }) => stack))],
    }))
    .filter(({ stacks }) => stacks.length > 1);
}

const isListed = ({ resource, stacks }: Finding, entry: Shared): boolean =>
  entry.resource.test(resource) && stacks.every((stack) => entry.stacks.includes(stack));

const found = new Map<string, Finding[]>();
beforeAll(async () => {
  for (const stage of stages)
    found.set(stage, sharedIn(nonEmpty(grantsOf(await stageOf(stage)), `the grants of ${stage}`)));
}, compileTimeoutMs);

describe('a function that is taken over', () => {
  test.each(stages)('reaches no data of another service in %s', (stage) => {
    const shared = found.get(stage) ?? [];
    expect(shared.filter((each) => !sharedOnPurpose.some((entry) => isListed(each, entry)))).toEqual([]);
  });

  test.each(sharedOnPurpose)('is excused for $resource, which is in use', (entry) => {
    const uses = [...found.values()].flat().filter((each) => isListed(each, entry));
    expect(new Set(uses.flatMap(({ stacks }) => stacks))).toEqual(new Set(entry.stacks));
  });
});

describe('the check', () => {
  const table = 'arn:aws:dynamodb:eu-west-1:1:table/shop-dev';

  test('finds one table of two services, also by its index', () => {
    const grants = [
      { stack: 'media', resource: wholeOf(`${table}-idempotency`) },
      { stack: 'products', resource: wholeOf(`${table}-idempotency/index/by-time`) },
    ];
    expect(sharedIn(grants)).toEqual([{ resource: `${table}-idempotency`, stacks: ['media', 'products'] }]);
  });

  test("finds a pattern that includes another service's resource", () => {
    const grants = [
      { stack: 'media', resource: `${table}-*` },
      { stack: 'products', resource: `${table}-products` },
    ];
    expect(sharedIn(grants)).toEqual([{ resource: `${table}-products`, stacks: ['media', 'products'] }]);
  });

  test('finds nothing where each service has its own', () => {
    const grants = [
      { stack: 'media', resource: `${table}-media` },
      { stack: 'products', resource: `${table}-products` },
    ];
    expect(sharedIn(grants)).toEqual([]);
  });
});
