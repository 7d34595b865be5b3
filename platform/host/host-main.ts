/**
 * Entry point of a Lambda host process, which runs many functions under the contract of Lambda Managed Instances. The
 * platform starts it with a socket on file descriptor 3; it exits when that socket closes.
 */

import { enableCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { InvokeStore as stores } from '@aws/lambda-invoke-store';
import { type FunctionInstance, functionInstance, type InvokeStore } from './function-instance.ts';
import { captureOutput } from './function-log.ts';
import { type InvocationContext, invocationContext, isolateEnvironment } from './invocation-context.ts';
import { lambdaContext } from './lambda-context.ts';
import { asLambdaError, type LambdaError, responseTooLarge, runtimeExited } from './lambda-error.ts';
import { maxResponseBytes } from './limits.ts';
import { type FunctionDefinition, type HostCommand, readFrames, sendFrame } from './protocol.ts';

const requestId = Symbol.for('_AWS_LAMBDA_REQUEST_ID');
const xRayTraceId = Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID');

type InvokeCommand = Extract<HostCommand, { t: 'invoke' }>;

enableCompileCache(process.env.HOST_COMPILE_CACHE);
// The store must exist before a bundle loads: libraries look it up at module level and fail without it.
const store = (await stores.getInstanceAsync(true)) as unknown as InvokeStore;
const platform = new Socket({ fd: 3, readable: true, writable: true });
const definitions = new Map<string, FunctionDefinition>();
const instances = new Map<string, FunctionInstance>();
const retirements = new Map<string, number>();

isolateEnvironment();
captureOutput((notice) => sendFrame(platform, { t: 'notice', ...notice }));

process.on('unhandledRejection', (error) =>
  failCurrentInvocation(asNamed('Runtime.UnhandledPromiseRejection', error)),
);
process.on('uncaughtException', (error) => failCurrentInvocation(error));
exitOnlyTheFunction();
platform.on('close', () => shutDown(0));
platform.on('error', () => shutDown(0));

readFrames<HostCommand>(platform, (command, payload) => {
  if (command.t === 'invoke') void invoke(command, payload);
  else if (command.t === 'define') define(command.definition);
  else if (command.t === 'retire') retire(command.name, command.instance);
  else sendFrame(platform, { t: 'pong' });
});
sendFrame(platform, { t: 'ready' });

function define(definition: FunctionDefinition): void {
  definitions.set(definition.name, definition);
  for (const [key, instance] of instances) {
    if (instance.definition.name === definition.name) instances.delete(key);
  }
}

/** The next invocation on this instance loads the module again, as after a reset of a Lambda sandbox. */
function retire(name: string, number: number): void {
  const key = `${name}#${number}`;
  instances.delete(key);
  retirements.set(key, (retirements.get(key) ?? 0) + 1);
}

function instanceFor(command: InvokeCommand): FunctionInstance {
  const key = `${command.name}#${command.instance}`;
  const known = instances.get(key);
  if (known !== undefined) return known;
  const definition = definitions.get(command.name);
  if (definition === undefined) throw new Error(`unknown function ${command.name}`);
  const copy = `&i=${command.instance}&r=${retirements.get(key) ?? 0}`;
  const instance = functionInstance(definition, copy, store);
  instances.set(key, instance);
  return instance;
}

async function invoke(command: InvokeCommand, payload: string): Promise<void> {
  const instance = instanceFor(command);
  const mustLoad = !instance.isLoaded();
  const { definition, environment } = instance;
  let responded = false;
  const respond = (failed: boolean, text: string) => {
    if (responded) return;
    responded = true;
    sendFrame(platform, { t: 'done', id: command.id, failed }, text);
  };
  const fail = (error: LambdaError) => respond(true, JSON.stringify(error));
  const context: InvocationContext = {
    name: definition.name,
    environment,
    logFile: definition.logFile,
    fail: (error) => {
      reportError(command.requestId, error);
      fail(asLambdaError(error));
      retire(command.name, command.instance);
    },
  };
  const perInvocation = { [requestId]: command.requestId, [xRayTraceId]: command.traceId };
  await invocationContext.run(context, () =>
    store.run(perInvocation, async () => {
      try {
        const handler = await instance.load();
        if (mustLoad) sendFrame(platform, { t: 'started', id: command.id });
        const context = lambdaContext(definition, command.requestId, Date.now() + definition.timeoutMs);
        const result = JSON.stringify((await handler(JSON.parse(payload), context)) ?? null);
        const bytes = Buffer.byteLength(result);
        if (bytes > maxResponseBytes) fail(responseTooLarge(bytes, maxResponseBytes));
        else respond(false, result);
      } catch (error) {
        reportError(command.requestId, error);
        fail(asLambdaError(error));
      }
    }),
  );
}

/**
 * Logs an error as Lambda does, in addition to returning it. Runs in the context of the invocation. `Unauthorized` is
 * the expected error of an authorizer for an invalid token.
 */
function reportError(requestId: string, error: unknown): void {
  const report = asLambdaError(error);
  const level = report.errorMessage === 'Unauthorized' ? 'INFO' : 'ERROR';
  process.stderr.write(`${JSON.stringify({ level, message: 'Invoke Error', requestId, ...report })}\n`);
}

/** An uncaught error fails the invocation that caused it; without an invocation it ends the host. */
function failCurrentInvocation(error: unknown): void {
  const context = invocationContext.getStore();
  if (context !== undefined) {
    context.fail(error);
    return;
  }
  process.stderr.write(`lambda host: ${error instanceof Error ? error.stack : String(error)}\n`);
  shutDown(1);
}

function asNamed(name: string, reason: unknown): Error {
  const error = new Error(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));
  error.name = name;
  if (reason instanceof Error && reason.stack !== undefined) error.stack = reason.stack;
  return error;
}

/** On Lambda, `process.exit` ends one sandbox; here it must not end the other functions. */
function exitOnlyTheFunction(): void {
  const exit = process.exit.bind(process);
  process.exit = ((code?: number) => {
    const context = invocationContext.getStore();
    if (context === undefined) return exit(code);
    const { errorType, errorMessage } = runtimeExited('-', `exit status ${code ?? 0}`);
    const error = new Error(errorMessage);
    error.name = errorType;
    throw error;
  }) as typeof process.exit;
}

function shutDown(code: number): void {
  invocationContext.exit(() => process.exit(code));
}
