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

let everywhere: Stage[];
beforeAll(async () => {
  everywhere = [];
  for (const stage of stages) everywhere.push(await stageOf(stage));
}, compileTimeoutMs);

/** `functions 5432 proxies`, as one of the two sides says it. */
const way = (from: unknown, rule: Record<string, unknown>, to: unknown): string =>
  `${from} ${rule['FromPort']} ${to}`;
const rulesOf = (group: Resource, name: string) =>
  (group.properties[name] ?? []) as Record<string, unknown>[];

/** Whether a policy's resource, with its wildcards, takes in one that a role names. */
const takesIn = (pattern: string, resource: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.?+^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(resource);
const allows = (statement: Statement, action: string, resource: string): boolean =>
  statement.allows &&
  statement.actions.includes(action) &&
  statement.resources.some((pattern) => takesIn(pattern, resource));

describe('within the network', () => {
  test('whoever may leave for a group is let in by it, and who is let in may leave', () => {
    for (const stage of everywhere) {
      const groups = ofType(stage, 'AWS::EC2::SecurityGroup');
      const out = groups.flatMap((group) =>
        rulesOf(group, 'SecurityGroupEgress')
          .filter((rule) => rule['DestinationSecurityGroupId'] !== undefined)
          .map((rule) => way(group.value('GroupId'), rule, rule['DestinationSecurityGroupId'])),
      );
      const into = ofType(stage, 'AWS::EC2::SecurityGroupIngress').map(({ properties }) =>
        way(properties['SourceSecurityGroupId'], properties, properties['GroupId']),
      );
      expect(out.length).toBeGreaterThan(0);
      expect(new Set(into)).toEqual(new Set(out));
    }
  });

  test('AWS’s services are reached with every right that a function there has: no endpoint refuses it', () => {
    for (const stage of everywhere) {
      const policies = policiesOf(stage);
      const endpoints = new Map(
        ofType(stage, 'AWS::EC2::VPCEndpoint')
          .filter((endpoint) => endpoint.region === region)
          .map((endpoint) => [String(endpoint.properties['ServiceName']).split('.').at(-1), endpoint]),
      );
      expect(endpoints.size).toBeGreaterThanOrEqual(2);
      const refused = ofType(stage, 'AWS::Lambda::Function')
        .filter(({ properties }) => properties['VpcConfig'] !== undefined)
        .flatMap((fn) =>
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
