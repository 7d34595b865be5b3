import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** The process's logger and metrics; their names and levels come from the POWERTOOLS_* settings. */
export const logger = new Logger();
export const metrics = new Metrics();
