import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compiled, deploymentOf } from '../../build/compiled.ts';
import type { CompiledStack, Json, TemplateResource } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';

type Properties = Record<string, Json>;
/** A place of a template that names a function without its alias: by Ref, by its ARN, or inside a text. */
type Mention = { stack: string; resource: string; type: string; property: string; function: string };

/** The functions of a stack that run new code at once: those not in its `releases.yml`, if it has one. */
function withoutAlias({ directory, template }: CompiledStack): Set<string> {
  const file = join(root, directory, 'releases.yml');
  if (!existsSync(file)) return new Set();
  const { gradual } = parse(readFileSync(file, 'utf8')) as { gradual: string[] };
  const functions = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  const keyOf = (resource: TemplateResource) =>
    String(propertiesOf(resource)['FunctionName']).replace(/^shop-[a-z]+-[a-z]+-/, '');
  const keys = functions.map(([, resource]) => keyOf(resource));
  expect(gradual.filter((key) => !keys.includes(key))).toEqual([]);
  return new Set(functions.filter(([, resource]) => !gradual.includes(keyOf(resource))).map(([id]) => id));
}

/** Properties that must name the function itself; all others name the alias. */
const unqualifiedAllowed = new Set([
  'AWS::Lambda::Alias FunctionName',
  'AWS::Lambda::Version FunctionName',
  'AWS::Lambda::EventInvokeConfig FunctionName', // its Qualifier is the alias
  'Custom::SchemaMigration ServiceToken', // the newest code brings the schema that it needs
]);

const entriesOf = ({ template }: CompiledStack) => Object.entries(template.Resources);
/** The resources of a type, which a single stack may lack; tests check that the stage has some. */
const ofType = (stack: CompiledStack, type: string) =>
  entriesOf(stack).filter(([, resource]) => resource.Type === type);
/** The resources of a type with their stacks. @throws Error when no stack has one */
const everyOfType = (stacks: CompiledStack[], type: string) =>
  nonEmpty(
    stacks.flatMap((stack) => ofType(stack, type).map(([id, resource]) => ({ stack, id, resource }))),
    `the resources of type ${type}`,
  );
const propertiesOf = (resource: TemplateResource | undefined): Properties => resource?.Properties ?? {};
const dependenciesOf = (resource: TemplateResource) => [resource.DependsOn ?? []].flat();

function mentions(value: Json, isFunction: (id: string) => boolean): string[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((item) => mentions(item, isFunction));
  const own: string[] = [];
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value;
  if (typeof Ref === 'string') own.push(Ref);
  if (attribute) own.push(String(Array.isArray(attribute) ? attribute[0] : attribute).split('.')[0]!);
  const pattern = Array.isArray(text) ? text[0] : text;
  if (typeof pattern === 'string')
    own.push(...[...pattern.matchAll(/\$\{(\w+)[.}]/g)].map(([, name]) => name!));
  return [...own.filter(isFunction), ...Object.values(value).flatMap((item) => mentions(item, isFunction))];
}

/** Every place of a stack that names one of its functions rather than the alias. */
function unqualified(stack: CompiledStack): Mention[] {
  const functions = new Set(ofType(stack, 'AWS::Lambda::Function').map(([id]) => id));
  const direct = withoutAlias(stack);
  const isFunction = (id: string) => functions.has(id);
  const inResources = entriesOf(stack).flatMap(([resource, { Type: type, Properties: properties = {} }]) =>
    Object.entries(properties).flatMap(([property, value]) =>
      mentions(value, isFunction).map((name) => ({ resource, type, property, function: name })),
    ),
  );
  const inOutputs = Object.entries(stack.template.Outputs ?? {}).flatMap(([resource, { Value }]) =>
    mentions(Value, isFunction).map((name) => ({
      resource,
      type: 'Output',
      property: 'Value',
      function: name,
    })),
  );
  return [...inResources, ...inOutputs]
    .filter((each) => !unqualifiedAllowed.has(`${each.type} ${each.property}`) && !direct.has(each.function))
    .map((each) => ({ stack: stack.name, ...each }));
}

describe.each(['staging', 'prod'])('a release to %s', (stage) => {
  let stacks: CompiledStack[];
  beforeAll(async () => {
    stacks = await compiled(stage);
    stacks = nonEmpty(stacks.filter(({ directory }) => directory.startsWith('services/')));
  }, 180_000);

  test('invokes functions by their alias only, in every trigger, permission and export', () => {
    expect(everyOfType(stacks, 'AWS::Lambda::Function').length).toBeGreaterThan(30);
    expect(stacks.flatMap(unqualified)).toEqual([]);
  });

  test('moves the alias of every function, except the one that migrates and those that run new code at once', () => {
    for (const stack of stacks) {
      const direct = withoutAlias(stack);
      const aliased = ofType(stack, 'AWS::Lambda::Alias').map(
        ([, alias]) => (propertiesOf(alias)['FunctionName'] as { Ref: string }).Ref,
      );
      const functions = ofType(stack, 'AWS::Lambda::Function').map(([id]) => id);
      expect([stack.name, aliased.toSorted()]).toEqual([
        stack.name,
        nonEmpty(functions.filter((id) => id !== 'MigrateLambdaFunction' && !direct.has(id))).toSorted(),
      ]);
    }
  });

  test('creates a new version when the value of a parameter in its environment changes', () => {
    for (const { stack, id, resource } of everyOfType(stacks, 'AWS::Lambda::Version')) {
      const parameters = Object.keys(stack.template.Parameters ?? {});
      const { Ref: fn } = propertiesOf(resource)['FunctionName'] as { Ref: string };
      const used = mentions(stack.template.Resources[fn]?.Properties ?? {}, (name) =>
        parameters.includes(name),
      );
      expect([stack.name, id, /With[0-9a-f]{8}$/.test(id)]).toEqual([stack.name, id, used.length > 0]);
    }
  });

  test('deploys the gateway responses of an API together with its routes', () => {
    for (const { stack, resource } of everyOfType(stacks, 'AWS::ApiGateway::Deployment')) {
      const responses = ofType(stack, 'AWS::ApiGateway::GatewayResponse').map(([id]) => id);
      expect([stack.name, dependenciesOf(resource)]).toEqual([
        stack.name,
        expect.arrayContaining(nonEmpty(responses)),
      ]);
    }
  });

  test('configures the failed events of the alias, not of the function', () => {
    for (const { stack, id, resource } of everyOfType(stacks, 'AWS::Lambda::EventInvokeConfig')) {
      const { Ref: name } = propertiesOf(resource)['FunctionName'] as { Ref: string };
      const qualifier = withoutAlias(stack).has(name) ? '$LATEST' : 'live';
      expect([id, propertiesOf(resource)['Qualifier']]).toEqual([id, qualifier]);
    }
  });

  test('calls functions of other services by their alias, and may call nothing else', async () => {
    const { functions, roles } = await deploymentOf(stage);
    const names = new Set(functions.map(({ name }) => name));
    for (const { environment, name } of nonEmpty(functions))
      for (const [variable, value] of Object.entries(environment))
        expect([name, variable, names.has(value)]).toEqual([name, variable, false]);
    const invocable = roles.flatMap(({ statements }) =>
      statements
        .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
        .flatMap((each) => each.resources),
    );
    for (const arn of nonEmpty(invocable)) expect(arn).toMatch(/:live$/);
  });
});

/** CloudFormation's limit is 500 resources; what is left is for the next functions. */
const maxResources = 490;

test.each(['tiny', 'dev', 'staging', 'prod'])(
  'no stack of %s has more resources than CloudFormation accepts',
  async (stage) => {
    const counts = (await compiled(stage)).map(
      ({ name, template }) => [name, Object.keys(template.Resources).length] as const,
    );
    expect(nonEmpty(counts).filter(([, count]) => count > maxResources)).toEqual([]);
  },
  180_000,
);

describe('a release to prod', () => {
  let stacks: CompiledStack[];
  beforeAll(async () => {
    stacks = await compiled('prod');
  }, 180_000);

  test('gives no alias both provisioned instances and weights, which Lambda refuses', () => {
    const aliases = everyOfType(stacks, 'AWS::Lambda::Alias').map(({ stack, id, resource }) => {
      const group = stack.template.Resources[`${id.replace(/Live$/, '')}Release`];
      return {
        id,
        isWarm: propertiesOf(resource)['ProvisionedConcurrencyConfig'] !== undefined,
        isWeighted:
          propertiesOf(resource)['RoutingConfig'] !== undefined ||
          propertiesOf(group)['DeploymentConfigName'] !== 'CodeDeployDefault.LambdaAllAtOnce',
      };
    });
    expect(aliases.filter(({ isWarm }) => isWarm).length).toBe(5);
    expect(aliases.filter(({ isWeighted }) => isWeighted).length).toBeGreaterThan(20);
    expect(aliases.filter(({ isWarm, isWeighted }) => isWarm && isWeighted)).toEqual([]);
  });

  test('shifts a tenth of the traffic for five minutes, and rolls back on an alarm', () => {
    for (const { stack, id, resource } of everyOfType(stacks, 'AWS::Lambda::Alias')) {
      const { CodeDeployLambdaAliasUpdate: update } = (
        resource as unknown as {
          UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: string } } };
        }
      ).UpdatePolicy;
      const group = propertiesOf(stack.template.Resources[update.DeploymentGroupName.Ref]);
      expect([id, group]).toEqual([
        id,
        expect.objectContaining({
          DeploymentConfigName:
            propertiesOf(resource)['ProvisionedConcurrencyConfig'] === undefined
              ? 'CodeDeployDefault.LambdaCanary10Percent5Minutes'
              : 'CodeDeployDefault.LambdaAllAtOnce',
          AutoRollbackConfiguration: expect.objectContaining({ Enabled: true }),
          AlarmConfiguration: expect.objectContaining({ Enabled: true, IgnorePollAlarmFailure: false }),
        }),
      ]);
      const { Alarms } = group['AlarmConfiguration'] as { Alarms: { Name: { Ref: string } }[] };
      const byVersion = Alarms.filter(({ Name }) => Name.Ref !== 'ReleaseApiAlarm').length;
      expect([id, byVersion]).toEqual([
        id,
        propertiesOf(resource)['ProvisionedConcurrencyConfig'] === undefined ? 2 : 0,
      ]);
      expect(Alarms.length).toBeGreaterThan(0);
      for (const { Name } of Alarms)
        expect(stack.template.Resources[Name.Ref]?.Type).toBe('AWS::CloudWatch::Alarm');
    }
  });

  test('keeps instances of the busiest functions started and scales them', () => {
    const warm = stacks.flatMap((stack) =>
      ofType(stack, 'AWS::ApplicationAutoScaling::ScalableTarget').map(
        ([, target]) => propertiesOf(target)['ResourceId'],
      ),
    );
    expect(warm.toSorted()).toEqual([
      'function:shop-orders-prod-place-order:live',
      'function:shop-products-prod-get-product:live',
      'function:shop-products-prod-list-products:live',
      'function:shop-products-prod-reserve-stock:live',
      'function:shop-users-prod-authorizer:live',
    ]);
  });
});

describe.each(['dev', 'prod'])('functions of stage %s', (stage) => {
  let stacks: CompiledStack[];
  beforeAll(async () => {
    stacks = await compiled(stage);
  }, 180_000);

  test('have a role each, and no stack has one for all', () => {
    for (const stack of stacks) {
      expect([stack.name, Object.keys(stack.template.Resources)]).toEqual([
        stack.name,
        expect.not.arrayContaining(['IamRoleLambdaExecution']),
      ]);
    }
    const roles = everyOfType(stacks, 'AWS::Lambda::Function').map(
      ({ stack, resource }) => `${stack.name} ${JSON.stringify(propertiesOf(resource)['Role'])}`,
    );
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('cannot create their log group: it would outlive the stack', () => {
    const roles = everyOfType(stacks, 'AWS::IAM::Role').filter(({ id }) => /LambdaExecution$/.test(id));
    for (const { stack, id, resource } of nonEmpty(roles))
      expect([stack.name, id, JSON.stringify(resource).includes('logs:CreateLogGroup')]).toEqual([
        stack.name,
        id,
        false,
      ]);
  });

  test('wait for the schema of their release', () => {
    const migrating = stacks.filter(({ template }) => template.Resources['SchemaMigration']);
    expect(migrating.map(({ directory }) => directory).toSorted()).toEqual([
      'services/orders',
      'services/payments',
      'services/users',
    ]);
    expect(everyOfType(migrating, 'AWS::Lambda::Function').length).toBeGreaterThan(20);
    for (const stack of migrating)
      for (const type of ['AWS::Lambda::Function', 'AWS::Lambda::Version'])
        for (const [id, resource] of ofType(stack, type)) {
          const of = (propertiesOf(resource)['FunctionName'] as { Ref?: string })?.Ref ?? id;
          const waits = of !== 'MigrateLambdaFunction';
          expect([id, dependenciesOf(resource).includes('SchemaMigration')]).toEqual([id, waits]);
        }
    for (const { id, resource } of everyOfType(migrating, 'Custom::SchemaMigration'))
      expect([id, dependenciesOf(resource)]).toEqual([id, ['ServiceDatabase']]);
  });

  test('that are invoked asynchronously keep the events that they could not handle', () => {
    expect(everyOfType(stacks, 'AWS::Events::Rule').length).toBeGreaterThanOrEqual(5);
    for (const stack of stacks) {
      const configured = ofType(stack, 'AWS::Lambda::EventInvokeConfig').map(
        ([, config]) => (propertiesOf(config)['FunctionName'] as { Ref: string }).Ref,
      );
      const scheduled = ofType(stack, 'AWS::Events::Rule').length;
      expect(configured.length).toBeGreaterThanOrEqual(Math.min(1, scheduled));
      const queue = stack.template.Resources['AsyncFailures'];
      expect([stack.name, queue !== undefined]).toEqual([stack.name, configured.length > 0]);
    }
  });
});
