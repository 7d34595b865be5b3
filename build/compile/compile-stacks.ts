import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CompiledStack } from '../deployment.ts';
import { stackDirectories } from '../stacks.ts';
import { StartError } from '../start-error.ts';
import { CompileCache } from './compile-cache.ts';
import type { CompiledService } from './osls.ts';
import type { CompileReply, CompileRequest } from './protocol.ts';

export type CompileOptions = {
  /** The project's root, absolute. */
  root: string;
  stage: string;
  /** Default `eu-west-1`. */
  region?: string;
  /** Stacks in their order, relative to the root; default is what `serverless-compose.yml` names. */
  directories?: string[];
  /** Default `.cache/compile` below the root. */
  cacheFolder?: string;
};

/** Two osls processes use two cores; more only wait for each other and cost 150 MB each. */
const maxProcesses = 2;

/**
 * Compiles every stack to its CloudFormation template with osls itself, or takes it from the cache when nothing that
 * it is made of has changed. Answers in the order of the directories.
 * @throws StartError that names the stack and says what osls says
 */
export async function compileStacks(options: CompileOptions): Promise<CompiledStack[]> {
  const { root, stage, region = 'eu-west-1' } = options;
  const folder = options.cacheFolder ?? join(root, '.cache', 'compile');
  const directories = options.directories ?? stackDirectories(root);
  const cache = new CompileCache(root, folder, stage, region);
  const compiled = new Map<string, CompiledService>();
  const missing: string[] = [];
  for (const directory of directories) {
    const known = cache.find(directory);
    if (known) compiled.set(directory, known);
    else missing.push(directory);
  }
  if (missing.length > 0) {
    mkdirSync(folder, { recursive: true });
    const placeholder = join(folder, 'no-code.zip');
    writeFileSync(placeholder, '');
    const queue = [...missing];
    const workers = Math.min(maxProcesses, availableParallelism(), missing.length);
    await Promise.all(
      Array.from({ length: workers }, () =>
        compileQueue(queue, { root, stage, region, placeholder }, (directory, service) => {
          compiled.set(directory, service);
          cache.keep(directory, service);
        }),
      ),
    );
  }
  return directories.map((directory) => asStack(directory, compiled.get(directory)!));
}

function asStack(directory: string, compiled: CompiledService): CompiledStack {
  const { service, stackName, template, parameters, tags, region } = compiled;
  return { name: stackName, service, directory, template, parameters, tags, region };
}

type Surroundings = { root: string; stage: string; region: string; placeholder: string };

/** One process takes directories from the queue until it is empty, or until a stack does not compile. */
async function compileQueue(
  queue: string[],
  surroundings: Surroundings,
  done: (directory: string, compiled: CompiledService) => void,
): Promise<void> {
  const { root, ...rest } = surroundings;
  const worker = fork(join(import.meta.dirname, 'compile-worker.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: process.env, // what the cache compares is what osls reads
    execArgv: ['--no-warnings'],
  });
  try {
    for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
      const reply = await ask(worker, { ...rest, serviceDir: join(root, directory) });
      if ('error' in reply) {
        queue.length = 0;
        throw new StartError(`${directory} does not compile: ${reply.error}`);
      }
      done(directory, reply.compiled);
    }
  } finally {
    if (worker.connected) worker.disconnect();
  }
}

function ask(worker: ChildProcess, request: CompileRequest): Promise<CompileReply> {
  return new Promise((resolve) => {
    const died = (code: number | null, signal: NodeJS.Signals | null) =>
      resolve({ error: `osls ended with ${signal ?? `exit code ${code}`}` });
    worker.once('exit', died);
    worker.once('message', (reply) => {
      worker.off('exit', died);
      resolve(reply as CompileReply);
    });
    worker.send(request);
  });
}
