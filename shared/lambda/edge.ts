import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, metrics } from './telemetry.ts';
import { tracing } from './tracing.ts';

/** Written here and not with Powertools' middleware, which warns at each call that has counted nothing. */
async function flushMetrics(): Promise<void> {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** What every edge stands on: logger with the invocation's context, tracer, and metrics flushed at the end. */
export function edge<Event, Answer>(handler: (event: Event, context: Context) => Promise<Answer>) {
  return middy<Event, Answer, Error, Context>()
    .use(tracing)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({ after: flushMetrics, onError: flushMetrics })
    .handler(handler);
}
