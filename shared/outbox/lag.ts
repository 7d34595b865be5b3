import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { metrics } from '../lambda/telemetry.ts';

/**
 * Counts how long the oldest event has waited to be published, in seconds; 0 when none waits. Alarmed on: an outbox
 * that nobody empties loses nothing, but nobody hears of it either (docs/runbooks/outbox-lag.md).
 */
export function countLag(oldest: Date | undefined, now: Date): void {
  const waitedMs = oldest === undefined ? 0 : Math.max(0, now.getTime() - oldest.getTime());
  metrics.addMetric('OutboxLag', MetricUnit.Seconds, Math.round(waitedMs / 1000));
}
