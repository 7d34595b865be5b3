import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { CustomResourceSpec, Deployment } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import type { Invoke } from '../host/invoke.ts';
import { foreignRequest, newControlSecret } from '../local-access/local-access.ts';

const deployedResources = z.record(
  z.string(),
  z.object({ physicalId: z.string(), properties: z.record(z.string(), z.json()) }),
);
type Deployed = z.output<typeof deployedResources>;

const callbackBody = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string(),
});
type Callback = z.output<typeof callbackBody>;

export type CustomResourceOptions = {
  deployment: Pick<Deployment, 'customResources' | 'functions' | 'region' | 'accountId'>;
  invoke: Invoke;
  /** Stores which resources were deployed, with their properties. */
  file: string;
  log: (line: string) => void;
};

/**
 * Deploys the stacks' custom resources as CloudFormation does: it invokes the function of a resource that is new or
 * whose properties have changed, after those it depends on, and waits for the function's PUT to a callback URL
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html).
 * @throws StartError with the function's reason; resources that succeeded are stored nevertheless
 */
export async function deployCustomResources(options: CustomResourceOptions): Promise<void> {
  const { deployment, file } = options;
  const deployed = await readDeployed(file);
  const changed = deployment.customResources.filter(
    (spec) => JSON.stringify(deployed[keyOf(spec)]?.properties) !== JSON.stringify(spec.properties),
  );
  if (changed.length === 0) return;
  const started = new Map<string, Promise<void>>();
  const start = (spec: CustomResourceSpec): Promise<void> => {
    const known = started.get(keyOf(spec));
    if (known) return known;
    const first = changed.filter(
      (each) => each.stack === spec.stack && spec.dependsOn.includes(each.logicalId),
    );
    const done = Promise.all(first.map(start)).then(async () => {
      const physicalId = await deploy(spec, deployed[keyOf(spec)], options);
      deployed[keyOf(spec)] = { physicalId, properties: spec.properties as Deployed[string]['properties'] };
      options.log(`${spec.stack} / ${spec.logicalId}: deployed`);
    });
    started.set(keyOf(spec), done);
    return done;
  };
  const results = await Promise.allSettled(changed.map(start));
  await writeFile(`${file}.draft`, JSON.stringify(deployed));
  await rename(`${file}.draft`, file);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

const keyOf = ({ stack, logicalId }: CustomResourceSpec) => `${stack}/${logicalId}`;

async function readDeployed(file: string): Promise<Deployed> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const parsed = deployedResources.safeParse(JSON.parse(text));
  if (!parsed.success) throw new StartError(`${file} is invalid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function deploy(
  spec: CustomResourceSpec,
  deployed: Deployed[string] | undefined,
  { deployment, invoke }: CustomResourceOptions,
): Promise<string> {
  const { region, accountId } = deployment;
  const name = deployment.functions.find(({ arn }) => arn === spec.functionArn)?.name;
  if (name === undefined) throw new StartError(`${keyOf(spec)}: function ${spec.functionArn} is missing.`);
  const { url, callback, close } = await startCallbackServer(spec.timeoutMs);
  const event = {
    RequestType: deployed ? 'Update' : 'Create',
    RequestId: randomUUID(),
    ResponseURL: url,
    StackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${spec.stack}/local`,
    LogicalResourceId: spec.logicalId,
    ResourceType: spec.type,
    ResourceProperties: { ServiceToken: spec.functionArn, ...spec.properties },
    ...(deployed
      ? { PhysicalResourceId: deployed.physicalId, OldResourceProperties: deployed.properties }
      : {}),
  };
  // CloudFormation waits for the callback even if the function failed; here its failure ends the wait.
  const invoked = invoke(name, JSON.stringify(event)).then(
    ({ failure, payload }): Callback | Promise<Callback> =>
      failure ? { Status: 'FAILED', Reason: payload, PhysicalResourceId: '' } : callback,
  );
  const { Status, Reason, PhysicalResourceId } = await Promise.race([callback, invoked]).finally(close);
  if (Status === 'FAILED') throw new StartError(`${spec.stack} / ${spec.logicalId} failed: ${Reason}`);
  return PhysicalResourceId;
}

/**
 * Waits for one callback at `url`: FAILED if none arrives in time. As S3's presigned URL does on AWS, the path is the
 * secret: other requests, of a web page for example, are refused and have no effect.
 */
async function startCallbackServer(timeoutMs: number) {
  const path = `/${newControlSecret()}`;
  const server = createServer();
  const timedOut = { Status: 'FAILED', Reason: `no callback within ${timeoutMs / 1000} s` } as const;
  const callback = new Promise<Callback>((resolve, reject) => {
    const timer = setTimeout(() => resolve({ ...timedOut, PhysicalResourceId: '' }), timeoutMs);
    server.on('request', (request, response) => {
      if (foreignRequest(request.headers, 'own') || request.method !== 'PUT' || request.url !== path) {
        response.writeHead(403).end();
        return;
      }
      clearTimeout(timer);
      readCallback(request).then(resolve, reject);
      response.end();
    });
  });
  callback.catch(() => {}); // deploy() may have ended by then
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeIdleConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, callback, close };
}

const readCallback = async (request: IncomingMessage): Promise<Callback> =>
  callbackBody.parse(JSON.parse(Buffer.concat(await request.toArray()).toString('utf8')));
