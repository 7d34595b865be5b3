import * as z from 'zod';
import type { FunctionSpec } from '../deployment.ts';
import { cfnNumber, originOf, parseProperties, type ResolvedResource } from './resource-reader.ts';

const properties = z.strictObject({
  FunctionName: z.string().max(64).optional(),
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs/, 'only Node.js runtimes run locally'),
  Role: z.string(),
  Timeout: cfnNumber.default(3),
  MemorySize: cfnNumber.default(128),
  Environment: z
    .object({
      Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
    })
    .optional(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  VpcConfig: z
    .strictObject({
      SubnetIds: z.array(z.string()).default([]),
      SecurityGroupIds: z.array(z.string()).default([]),
    })
    .optional(),
});

/** Reads AWS::Lambda::Function; defaults are CloudFormation's. */
export function readFunction(resource: ResolvedResource): FunctionSpec {
  const { Handler, Runtime, Role, Timeout, MemorySize, Environment, TracingConfig, VpcConfig } =
    parseProperties(properties, resource);
  return {
    ...originOf(resource),
    name: resource.value('ref'),
    arn: resource.value('Arn'),
    directory: resource.directory,
    handler: Handler,
    environment: Environment?.Variables ?? {},
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    roleArn: Role,
    runtime: Runtime,
    traced: TracingConfig?.Mode === 'Active',
    inVpc: (VpcConfig?.SubnetIds.length ?? 0) > 0,
  };
}
