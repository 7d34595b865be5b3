import type { CompiledStack } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import { accountId, compileTimeoutMs, region, stacksOf, stages } from './stage.ts';

/**
 * Settings of one stack that no other setting may contradict: a failover creates the exports of its region before any
 * stack there imports them, and going back removes those stacks first (docs/disaster-recovery.md).
 */
const failover = ['Active', 'MultiAz', 'ProductsOutboxStreamArn', 'MediaOutboxStreamArn'];
/** Chosen by the stage's row: services name the server of their database in their own templates. */
const ofTheStage = ['OrdersServer'];
/** Values of parameters without AllowedValues that stacks depend on: a server of one's own, a domain. */
const ownValues: Record<string, string[]> = {
  UsersDbHost: ['', 'db.example'],
  OrdersDbHost: ['', 'db.example'],
  UsersDbPort: ['5432', '6543'],
  OrdersDbPort: ['5432', '6543'],
  RedisHost: ['none', 'redis.example'],
};

const everyStage = new Map<string, CompiledStack[]>();
beforeAll(async () => {
  for (const stage of stages) everyStage.set(stage, await stacksOf(stage));
}, compileTimeoutMs);

/** What stacks provide to others: `region name` and value of exports, `region name` of stored parameters. */
function provided(stacks: CompiledStack[], parameters: Record<string, string>): Record<string, string> {
  const { ordered } = linkStacks(stacks, { region, accountId, queueUrlBase: 'https://queues' }, parameters);
  const found: Record<string, string> = {};
  for (const values of ordered) {
    const where = values.stack.region ?? region;
    for (const [id, { Condition, Export, Value }] of Object.entries(values.stack.template.Outputs ?? {}))
      if (
        Export !== undefined &&
        isOurs({ Export }) &&
        (Condition === undefined || values.condition(Condition, id))
      )
        found[`${where} ${values.text(Export.Name, id)}`] = values.text(Value, id);
    for (const [id, { Type, Properties = {} }] of values.activeResources())
      if (Type === 'AWS::SSM::Parameter')
        found[`${where} ${values.text(Properties['Name'] as string, id)}`] = 'stored';
  }
  return found;
}

/** Every supported setting of every stack, one at a time. */
function settingsOf(stacks: CompiledStack[]): [string, string][] {
  const values = new Map<string, Set<string>>();
  for (const { template } of stacks)
    for (const [name, { AllowedValues }] of Object.entries(template.Parameters ?? {}) as [
      string,
      { AllowedValues?: unknown[] },
    ][])
      for (const value of AllowedValues ?? ownValues[name] ?? [])
        values.set(name, (values.get(name) ?? new Set()).add(String(value)));
  return [...values]
    .filter(([name]) => ![...failover, ...ofTheStage].includes(name))
    .flatMap(([name, of]) => [...of].map((value): [string, string] => [name, value]));
}

/** CloudFormation refuses to change or delete an export that another stack imports. */
describe('exports', () => {
  test.each(stages)('of %s have the same names and values with every setting', (name) => {
    const stacks = everyStage.get(name)!;
    const settings = settingsOf(stacks);
    for (const setting of [
      'OrdersDbReplicas 0',
      'OrdersDbReplicas 1',
      'OrdersDbReplicas 2',
      'Databases external',
      'OrdersDbHost db.example',
    ])
      expect(settings.map((each) => each.join(' '))).toContain(setting);
    const asDeployed = provided(stacks, {});
    expect(Object.keys(asDeployed).length).toBeGreaterThan(60);
    for (const [parameter, value] of settings)
      expect([parameter, value, provided(stacks, { [parameter]: value })]).toEqual([
        parameter,
        value,
        asDeployed,
      ]);
  });

  test('are written alike with the sizes of every stage', () => {
    const written = (stage: string) => {
      const outputs = everyStage
        .get(stage)!
        .filter((stack) => (stack.region ?? region) === region)
        .flatMap(({ template }) => Object.values(template.Outputs ?? {}));
      const text = (value: unknown) =>
        JSON.stringify(value).replaceAll(new RegExp(`\\b${stage}\\b`, 'g'), '<stage>');
      return Object.fromEntries(
        outputs.filter(isOurs).map(({ Export, Value }) => [text(Export?.Name), text(Value)]),
      );
    };
    const [first, ...others] = stages;
    expect(Object.keys(written(first)).length).toBeGreaterThan(40);
    for (const other of others) expect([other, written(other)]).toEqual([other, written(first)]);
  });
});

/** The parameters of a stack that take their value from Parameter Store. */
const storedParametersOf = ({ template }: CompiledStack): string[] =>
  Object.entries(template.Parameters ?? {})
    .filter(([, { Type }]) => Type.startsWith('AWS::SSM::Parameter::Value'))
    .map(([name]) => name);

/** A published version keeps its environment, and osls publishes one only when the template's own text changes. */
test('a function that reads an address from Parameter Store names the settings it depends on', () => {
  for (const [stage, stacks] of everyStage) {
    const readers = stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
        .map(([id, { Properties }]) => ({ id, variables: JSON.stringify(Properties?.['Environment'] ?? {}) }))
        .filter(({ variables }) =>
          storedParametersOf(stack).some((name) => variables.includes(`{"Ref":"${name}"}`)),
        ),
    );
    expect(readers.length).toBeGreaterThan(20);
    for (const { id, variables } of readers)
      expect([stage, id, variables]).toEqual([
        stage,
        id,
        expect.stringMatching(/"(DATABASE|REDIS)_SETTINGS":"managed /),
      ]);
    // On a shared server there are no replicas.
    if (stage !== 'tiny')
      expect(
        readers.some(({ variables }) => /"DATABASE_SETTINGS":"managed [^"]*replicas \d"/.test(variables)),
      ).toBe(true);
  }
});

/** Not one of osls, which exports its own resources; no stack imports those. */
function isOurs({ Export }: { Export?: { Name: unknown } }): boolean {
  return Export !== undefined && !JSON.stringify(Export.Name).includes('sls-');
}
