import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { config } from './config.ts';

/**
 * X-Ray's view of each invocation, where X-Ray is: Lambda sets AWS_EXECUTION_ENV. Elsewhere its SDK is not even
 * loaded, since loading alone installs a hook on every promise of the process: with many functions in one process
 * that took two thirds of all CPU time.
 */
export const tracing: MiddlewareObj<unknown, unknown, Error, Context>[] =
  config.AWS_EXECUTION_ENV === undefined ? [] : [await invocationTracer()];

async function invocationTracer() {
  const [{ Tracer }, { captureLambdaHandler }] = await Promise.all([
    import('@aws-lambda-powertools/tracer'),
    import('@aws-lambda-powertools/tracer/middleware'),
  ]);
  return captureLambdaHandler(new Tracer(), { captureResponse: false });
}
