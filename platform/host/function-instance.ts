import { pathToFileURL } from 'node:url';
import { type InvocationContext, invocationContext } from './invocation-context.ts';
import type { FunctionDefinition } from './protocol.ts';

type Handler = (event: unknown, context: unknown) => unknown;

/** One loaded module of one function: what Lambda calls an execution environment. */
export type FunctionInstance = {
  definition: FunctionDefinition;
  environment: Record<string, string>;
  isLoaded: () => boolean;
  load: () => Promise<Handler>;
};

/** Lambda's store of per-invocation state for concurrent invocations of one module. */
export type InvokeStore = { run<T>(context: Record<symbol, unknown>, body: () => T): T };

/**
 * An instance loads its bundle on first use, in its own context, so that what runs at module level already sees the
 * function's environment. `copy` distinguishes the modules of one bundle. The next use retries a failed load.
 */
export function functionInstance(
  definition: FunctionDefinition,
  copy: string,
  store: InvokeStore,
): FunctionInstance {
  const environment = { ...definition.environment };
  let loading: Promise<Handler> | undefined;
  let loaded = false;
  const context: InvocationContext = {
    name: definition.name,
    environment,
    logFile: definition.logFile,
    fail: (error) => process.stderr.write(`outside of an invocation: ${describe(error)}\n`),
  };
  const load = () => {
    loading ??= invocationContext
      .run(context, () => store.run({}, () => importHandler(definition, copy)))
      .then(
        (handler) => {
          loaded = true;
          return handler;
        },
        (error) => {
          loading = undefined;
          throw error;
        },
      );
    return loading;
  };
  return { definition, environment, isLoaded: () => loaded, load };
}

async function importHandler(definition: FunctionDefinition, copy: string): Promise<Handler> {
  const address = pathToFileURL(definition.bundle);
  address.search = `?f=${definition.name}&v=${definition.version}${copy}`;
  let module: Record<string, unknown>;
  try {
    module = (await import(address.href)) as Record<string, unknown>;
  } catch (error) {
    throw importError(error);
  }
  const handler = module[definition.exportName];
  if (typeof handler === 'function') return handler as Handler;
  throw named('Runtime.HandlerNotFound', `${definition.exportName} is undefined or not exported`);
}

function importError(error: unknown): unknown {
  if (error instanceof SyntaxError) return named('Runtime.UserCodeSyntaxError', error.message, error);
  if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') {
    return named('Runtime.ImportModuleError', (error as Error).message, error);
  }
  return error;
}

function named(name: string, message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  error.name = name;
  return error;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
