import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { metrics } from '../lambda/telemetry.ts';

/**
 * Records how long the oldest unpublished event has waited, in seconds; 0 if there is none. An alarm uses the metric: a
 * stuck outbox loses no event, but publishes none either (docs/runbooks/outbox-lag.md).
 */
export function countLag(oldest: Date | undefined, now: Date): void {
  const waitedMs = oldest === undefined ? 0 : Math.max(0, now.getTime() - oldest.getTime());
  metrics.addMetric('OutboxLag', MetricUnit.Seconds, Math.round(waitedMs / 1000));
}
