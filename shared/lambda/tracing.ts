import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { config } from './config.ts';

/**
 * Traces each invocation with X-Ray where AWS_EXECUTION_ENV, which Lambda sets, exists (ADR 0023). Elsewhere the SDK is not even
 * loaded, since loading it installs a hook on every promise: with many functions in one process that used two thirds of
 * the CPU time.
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
