import { join } from 'node:path';
import type { Bundler } from '../../build/bundle/bundler.ts';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { cloudOnlyDomain } from '../../build/template/cloud-only-values.ts';
import type { AwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import { functionEnvironment, logGroupOf } from '../host/function-environment.ts';
import type { HostPool } from '../host/host-pool.ts';
import { concurrency } from './core-services.ts';
import type { StartOptions } from './platform.ts';

/**
 * Defines every function in the hosts, with its environment, credentials and bundle.
 * @returns a function that defines one again, after its bundle has changed
 */
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
      version: bundle.slice(bundle.lastIndexOf('/') + 1), // bundles are named by a hash of their content
      exportName: spec.handler.slice(spec.handler.lastIndexOf('.') + 1),
      environment: functionEnvironment(spec, {
        region: deployment.region,
        endpointUrl: awsEndpoint.url,
        credentials: awsEndpoint.credentialsFor(spec.name),
        concurrency: options.mode === 'several' ? concurrency : 1,
        xrayDaemon: options.xrayDaemon,
      }),
      timeoutMs: spec.timeoutMs,
      memoryMb: spec.memoryMb,
      logGroup: logGroupOf(spec.name),
      logFile: join(options.dataDir, 'logs', `${spec.name}.log`),
    });
  };
  const specs = new Map(deployment.functions.map((spec) => [spec.name, spec]));
  for (const spec of specs.values()) {
    requireLocalValues(spec);
    define(spec);
  }
  return (functionName) => {
    const spec = specs.get(functionName);
    if (spec !== undefined) define(spec);
  };
}

/** @throws StartError for an environment variable whose value only AWS knows, instead of a failure at its first use */
function requireLocalValues({ stack, logicalId, environment }: FunctionSpec): void {
  const found = Object.entries(environment).find(
    ([, value]) => value.includes(cloudOnlyDomain) || value.includes('{{resolve:'),
  );
  if (found)
    throw new StartError(
      `${stack} / ${logicalId}: ${found[0]} refers to a resource that exists on AWS only (${found[1]}). ` +
        'Add a parameter for it to the stack.',
    );
}
