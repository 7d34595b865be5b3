import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';

/** The process's logger, tracer and metrics; their names and levels come from the POWERTOOLS_* settings. */
export const logger = new Logger();
export const tracer = new Tracer();
export const metrics = new Metrics();
