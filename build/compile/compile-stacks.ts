import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CompiledStack } from '../deployment.ts';
import { stackDirectories } from '../stacks.ts';
import { StartError } from '../start-error.ts';
import { CompileCache } from './compile-cache.ts';
import type { CompileReply, CompileRequest } from './compile-worker.ts';
import type { CompiledService } from './osls.ts';

export type CompileOptions = {
  /** The project's root, absolute. */
  root: string;
  stage: string;
  /** Default `eu-west-1`. */
  region?: string;
  /** Stack directories in order, relative to the root; default: those of `serverless-compose.yml`. */
  directories?: string[];
  /** Default `.cache/compile` below the root. */
  cacheFolder?: string;
};

/** Two osls processes use two cores; more would only compete for them and use 150 MB each. */
const maxProcesses = 2;

/**
 * Compiles every stack to its CloudFormation template with osls itself, or reads it from the cache when no input has
 * changed. Returns them in the order of the directories.
 * @throws StartError with the stack and osls' message
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
          cache.store(directory, service);
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

type WorkerOptions = { root: string; stage: string; region: string; placeholder: string };

/** Compiles directories from the queue in one process, until the queue is empty or a stack does not compile. */
async function compileQueue(
  queue: string[],
  options: WorkerOptions,
  done: (directory: string, compiled: CompiledService) => void,
): Promise<void> {
  const { root, ...rest } = options;
  const worker = fork(join(import.meta.dirname, 'compile-worker.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: process.env, // the same variables as the cache compares
    execArgv: ['--no-warnings'],
  });
  try {
    for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
      const reply = await sendRequest(worker, { ...rest, serviceDir: join(root, directory) });
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

function sendRequest(worker: ChildProcess, request: CompileRequest): Promise<CompileReply> {
  return new Promise((resolve) => {
    const exited = (code: number | null, signal: NodeJS.Signals | null) =>
      resolve({ error: `osls ended with ${signal ?? `exit code ${code}`}` });
    worker.once('exit', exited);
    worker.once('message', (reply) => {
      worker.off('exit', exited);
      resolve(reply as CompileReply);
    });
    worker.send(request);
  });
}
