import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { Internal, ShopError } from '../errors.ts';
import { metrics } from './telemetry.ts';

/**
 * Whether code threw the error on purpose: to refuse a request, or to be retried. Everything else (a defect, a driver's
 * error that no adapter translated, a message that no reaction accepts) is unexpected.
 */
const isExpected = (error: unknown): boolean =>
  error instanceof ShopError && error.code !== Internal.kind.code;

/** Counts an error that the wrapper turns into a response or a failed record, so that Lambda sees no error. */
export function countHandled(error: unknown, context: Context): void {
  if (!isExpected(error)) count('UnexpectedErrors', context);
}

/**
 * Counts an error that fails the invocation. Lambda counts it in `Errors` as well, in which only crashes and timeouts
 * remain when ThrownErrors is subtracted.
 */
export function countThrown(error: unknown, context: Context): void {
  count('ThrownErrors', context);
  countHandled(error, context);
}

/**
 * Written at once and without a state of the invocation; nothing is written where nothing fails. By function for the
 * alarms of resources/observability, and by version for those of a release (template-plugin/canary.cjs).
 */
function count(name: string, { functionName, functionVersion }: Context): void {
  const byFunction = { FunctionName: functionName };
  for (const dimensions of [byFunction, { ...byFunction, ExecutedVersion: functionVersion }])
    metrics.singleMetric().addDimensions(dimensions).addMetric(name, MetricUnit.Count, 1);
}
