import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { loggedError } from './logged-error.ts';

/** Logger and metrics of the process, configured by the POWERTOOLS_* variables. */
export const logger = new Logger({
  jsonReplacerFn: (_, value: unknown) => (value instanceof Error ? loggedError(value) : value),
});
export const metrics = new Metrics();
