import { join } from 'node:path';
import type { Bundler } from '../../build/bundle/bundler.ts';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { NOWHERE } from '../../build/template/cloud-only-values.ts';
import type { AwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import { functionEnvironment, logGroupOf } from '../host/function-environment.ts';
import type { HostPool } from '../host/host-pool.ts';
import type { StartOptions } from '../start-platform.ts';
import { CONCURRENCY } from './base.ts';

/** Gives the hosts every function with its environment, credentials and bundle; and one of them again by name. */
export function defineFunctions(parts: {
  options: StartOptions;
  deployment: Deployment;
  bundler: Pick<Bundler, 'files'>;
  pool: HostPool;
  awsEndpoint: AwsEndpoint;
}): (functionName: string) => void {
  const { options, deployment, bundler, pool, awsEndpoint } = parts;
  const define = (spec: FunctionSpec) => {
    const bundle = bundler.files.get(spec.name);
    if (bundle === undefined) throw new Error(`${spec.stack} / ${spec.logicalId} has no bundle`);
    pool.define({
      name: spec.name,
      arn: spec.arn,
      bundle,
      version: bundle.slice(bundle.lastIndexOf('/') + 1), // bundles are named by their content
      exportName: spec.handler.slice(spec.handler.lastIndexOf('.') + 1),
      environment: functionEnvironment(spec, {
        region: deployment.region,
        endpointUrl: awsEndpoint.url,
        credentials: awsEndpoint.credentialsFor(spec.name),
        concurrency: options.mode === 'several' ? CONCURRENCY : 1,
      }),
      timeoutMs: spec.timeoutMs,
      memoryMb: spec.memoryMb,
      logGroup: logGroupOf(spec.name),
      logFile: join(options.dataDir, 'logs', `${spec.name}.log`),
    });
  };
  const specs = new Map(deployment.functions.map((spec) => [spec.name, spec]));
  for (const spec of specs.values()) {
    refuseNowhere(spec);
    define(spec);
  }
  return (functionName) => {
    const spec = specs.get(functionName);
    if (spec !== undefined) define(spec);
  };
}

/** A function that is told of what only AWS makes would fail at its first call; its stack needs a parameter instead. */
function refuseNowhere({ stack, logicalId, environment }: FunctionSpec): void {
  const found = Object.entries(environment).find(([, value]) => value.includes(NOWHERE));
  if (found)
    throw new StartError(
      `${stack} / ${logicalId}: ${found[0]} is the address of something that exists on AWS only (${found[1]}). ` +
        'Give its stack a parameter for it.',
    );
}
