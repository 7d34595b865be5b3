import { nonEmpty } from '../setup/non-empty.ts';
import { policiesOf, type Statement } from './policy-documents.ts';
import {
  compileTimeoutMs,
  nameOf,
  ofType,
  type Resource,
  region,
  type Stage,
  stageOf,
  stages,
} from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

/** `functions 5432 proxies`, as the rule of either side states it. */
const path = (from: unknown, rule: Record<string, unknown>, to: unknown): string =>
  `${from} ${rule['FromPort']} ${to}`;
const rulesOf = (group: Resource, name: string) =>
  (group.properties[name] ?? []) as Record<string, unknown>[];

/** Whether a policy's resource pattern covers a resource of a role. */
const covers = (pattern: string, resource: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.?+^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(resource);
const allows = (statement: Statement, action: string, resource: string): boolean =>
  statement.allows &&
  statement.actions.includes(action) &&
  statement.resources.some((pattern) => covers(pattern, resource));

describe('within the network', () => {
  test('every outgoing rule to a group has its incoming rule, and the reverse', () => {
    for (const stage of everyStage) {
      const groups = ofType(stage, 'AWS::EC2::SecurityGroup');
      const out = groups.flatMap((group) =>
        rulesOf(group, 'SecurityGroupEgress')
          .filter((rule) => rule['DestinationSecurityGroupId'] !== undefined)
          .map((rule) => path(group.value('GroupId'), rule, rule['DestinationSecurityGroupId'])),
      );
      const rules = ofType(stage, 'AWS::EC2::SecurityGroupIngress').filter(
        ({ properties }) => properties['SourceSecurityGroupId'] !== undefined,
      );
      const into = rules.map(({ properties }) =>
        path(properties['SourceSecurityGroupId'], properties, properties['GroupId']),
      );
      expect(out.length).toBeGreaterThan(0);
      expect(new Set(into)).toEqual(new Set(out));
    }
  });

  test('no VPC endpoint refuses an action that a function in the network is allowed', () => {
    // A tiny stage has no function in the network (network.test.ts).
    for (const stage of everyStage.filter(({ name }) => name !== 'tiny')) {
      const policies = policiesOf(stage);
      const endpoints = new Map(
        ofType(stage, 'AWS::EC2::VPCEndpoint')
          .filter((endpoint) => endpoint.region === region)
          .map((endpoint) => [String(endpoint.properties['ServiceName']).split('.').at(-1), endpoint]),
      );
      expect(endpoints.size).toBeGreaterThanOrEqual(2);
      const inNetwork = ofType(stage, 'AWS::Lambda::Function').filter(
        ({ properties }) => properties['VpcConfig'] !== undefined,
      );
      const refused = nonEmpty(inNetwork).flatMap((fn) =>
        policies
          .filter(({ of, own }) => own && of.value('Arn') === fn.properties['Role'])
          .flatMap(({ statements }) => statements)
          .flatMap(({ actions, resources }) =>
            actions.flatMap((action) => {
              const endpoint = endpoints.get(action.split(':')[0]);
              const open = policies.find(({ of }) => of === endpoint)?.statements;
              return resources
                .filter((resource) => open?.some((one) => allows(one, action, resource)) === false)
                .map((resource) => `${nameOf(fn)}: ${action} ${resource}`);
            }),
          ),
      );
      expect(refused).toEqual([]);
    }
  });
});
