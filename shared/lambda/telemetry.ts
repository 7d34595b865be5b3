import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { loggedError } from './logged-error.ts';

/** The process's logger and metrics; their names and levels come from the POWERTOOLS_* settings. */
export const logger = new Logger({
  jsonReplacerFn: (_, value: unknown) => (value instanceof Error ? loggedError(value) : value),
});
export const metrics = new Metrics();
