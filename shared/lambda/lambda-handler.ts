import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { countThrown } from './error-metrics.ts';
import { logger, metrics } from './telemetry.ts';
import { tracing } from './tracing.ts';

/** Powertools' own middleware warns after every invocation that recorded no metric. */
async function flushMetrics(): Promise<void> {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** The base of every handler wrapper: logger with the invocation's context, tracer, metrics flushed at the end, and errors counted. */
export function lambdaHandler<Event, Result>(handler: (event: Event, context: Context) => Promise<Result>) {
  return middy<Event, Result, Error, Context>()
    .use(tracing)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({ after: flushMetrics, onError: flushMetrics })
    .use({ onError: ({ error, context }) => countThrown(error, context) })
    .handler(handler);
}
