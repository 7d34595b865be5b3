import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { CustomResourceSpec, Deployment } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import type { Invoke } from '../host/invoke.ts';

const made = z.record(
  z.string(),
  z.object({ physicalId: z.string(), properties: z.record(z.string(), z.json()) }),
);
type Made = z.output<typeof made>;

const answer = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string(),
});
type Answer = z.output<typeof answer>;

export type CustomResourceOptions = {
  deployment: Pick<Deployment, 'customResources' | 'functions' | 'region' | 'accountId'>;
  invoke: Invoke;
  /** Remembers what was made, and of which properties. */
  file: string;
  log: (line: string) => void;
};

/**
 * Carries out the stacks' custom resources as CloudFormation does: the function is called when its resource is new or
 * its properties have changed, and says by a PUT to an address of ours how it went
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html).
 * @throws StartError with the function's reason; what succeeded beside it is remembered
 */
export async function makeCustomResources(options: CustomResourceOptions): Promise<void> {
  const { deployment, file } = options;
  const known = await readMade(file);
  const due = deployment.customResources.filter(
    (spec) => JSON.stringify(known[keyOf(spec)]?.properties) !== JSON.stringify(spec.properties),
  );
  if (due.length === 0) return;
  const answers = await startAnswers();
  try {
    const results = await Promise.allSettled(
      due.map(async (spec) => {
        const physicalId = await makeOne(spec, known[keyOf(spec)], answers, options);
        known[keyOf(spec)] = { physicalId, properties: spec.properties as Made[string]['properties'] };
        options.log(`${spec.stack} / ${spec.logicalId}: done`);
      }),
    );
    await writeFile(`${file}.draft`, JSON.stringify(known));
    await rename(`${file}.draft`, file);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  } finally {
    answers.close();
  }
}

const keyOf = ({ stack, logicalId }: CustomResourceSpec) => `${stack}/${logicalId}`;

async function readMade(file: string): Promise<Made> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const parsed = made.safeParse(JSON.parse(text));
  if (!parsed.success) throw new StartError(`${file} is not to be read: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function makeOne(
  spec: CustomResourceSpec,
  known: Made[string] | undefined,
  answers: Answers,
  { deployment, invoke }: CustomResourceOptions,
): Promise<string> {
  const { region, accountId } = deployment;
  const name = deployment.functions.find(({ arn }) => arn === spec.functionArn)?.name;
  if (name === undefined)
    throw new StartError(`${keyOf(spec)}: its function ${spec.functionArn} is not there.`);
  const { url, answered } = answers.expect(spec.timeoutMs);
  const event = {
    RequestType: known ? 'Update' : 'Create',
    RequestId: randomUUID(),
    ResponseURL: url,
    StackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${spec.stack}/local`,
    LogicalResourceId: spec.logicalId,
    ResourceType: spec.type,
    ResourceProperties: { ServiceToken: spec.functionArn, ...spec.properties },
    ...(known ? { PhysicalResourceId: known.physicalId, OldResourceProperties: known.properties } : {}),
  };
  // CloudFormation would wait on for an answer that a broken function never gives; a start need not.
  const broken = invoke(name, JSON.stringify(event)).then(({ failure, payload }): Answer | Promise<Answer> =>
    failure ? { Status: 'FAILED', Reason: payload, PhysicalResourceId: '' } : answered,
  );
  const { Status, Reason, PhysicalResourceId } = await Promise.race([answered, broken]);
  if (Status === 'FAILED') throw new StartError(`${spec.stack} / ${spec.logicalId} failed: ${Reason}`);
  return PhysicalResourceId;
}

type Answers = {
  /** An address for one answer, and the answer: FAILED when none has come in time. */
  expect: (timeoutMs: number) => { url: string; answered: Promise<Answer> };
  close: () => void;
};

async function startAnswers(): Promise<Answers> {
  const waiting = new Map<string, (given: Answer) => void>();
  const server = createServer(async (request, response) => {
    const take = waiting.get(request.url ?? '');
    const parsed = answer.safeParse(JSON.parse((await request.toArray()).join('') || 'null'));
    response.writeHead(take && parsed.success ? 200 : 400).end();
    if (parsed.success) take?.(parsed.data);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const timers = new Set<NodeJS.Timeout>();
  return {
    expect(timeoutMs) {
      const path = `/${randomUUID()}`;
      const { promise, resolve } = Promise.withResolvers<Answer>();
      waiting.set(path, resolve);
      const late = () =>
        resolve({ Status: 'FAILED', Reason: `no answer in ${timeoutMs / 1000} s`, PhysicalResourceId: '' });
      timers.add(setTimeout(late, timeoutMs));
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, answered: promise };
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}
