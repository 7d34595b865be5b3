import type { CompiledStack } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import { resolveDeployment } from '../../build/template/resolve-deployment.ts';
import { resolveResource } from '../../build/template/resource-reader.ts';
import type { StackValues } from '../../build/template/stack-values.ts';
import { shortFunctionName, shortTableName } from '../../platform/control/counts-per-order.ts';

/** What determines the cost of an order in a stage; functions and tables by their names without project and stage. */
export type StageShape = {
  memoryGb: ReadonlyMap<string, number>;
  /** Functions that API Gateway calls for a request. */
  routed: ReadonlySet<string>;
  /** Functions whose calls leave the VPC through a NAT gateway or an endpoint. */
  inVpc: ReadonlySet<string>;
  /** A write is charged once for the table and once for each index, in each region that has a replica. */
  tables: ReadonlyMap<string, { indexes: number; regions: number }>;
};

/** Reads the shape of a stage from its compiled stacks. */
export function shapeOf(stacks: CompiledStack[], stage: string, region: string): StageShape {
  const place = { region, accountId: '000000000000', queueUrlBase: 'https://sqs' };
  const { apis, functions } = resolveDeployment(stacks, { ...place, stage, project: 'shop' });
  const named = (arn: string) => arn.split(':function:')[1]?.split(':')[0] ?? arn;
  const targets = apis.flatMap(({ methods }) =>
    methods.flatMap(({ integration }) =>
      integration.kind === 'lambda' ? [shortFunctionName(named(integration.functionArn))] : [],
    ),
  );
  return {
    memoryGb: new Map(functions.map(({ name, memoryMb }) => [shortFunctionName(name), memoryMb / 1024])),
    routed: new Set(targets),
    inVpc: new Set(functions.filter(({ inVpc }) => inVpc).map(({ name }) => shortFunctionName(name))),
    tables: new Map(linkStacks(stacks, place, {}).ordered.flatMap(tablesIn)),
  };
}

function tablesIn(values: StackValues): [string, { indexes: number; regions: number }][] {
  return values
    .activeResources()
    .filter(([, { Type }]) => Type === 'AWS::DynamoDB::GlobalTable')
    .map(([logicalId, resource]) => {
      const { TableName, GlobalSecondaryIndexes, Replicas } = resolveResource(
        values,
        logicalId,
        resource,
      ).properties;
      const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
      return [
        shortTableName(String(TableName)),
        { indexes: lengthOf(GlobalSecondaryIndexes), regions: lengthOf(Replicas) },
      ];
    });
}
