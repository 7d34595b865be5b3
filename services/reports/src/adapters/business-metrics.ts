import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { metrics } from '#shared/lambda/telemetry.ts';
import type { OrderProgress } from '../domain/order-row.ts';

const names = {
  ORDER_CREATED: 'OrdersPlaced',
  ORDER_PAID: 'OrdersPaid',
  ORDER_SHIPPED: 'OrdersShipped',
  ORDER_COMPLETED: 'OrdersCompleted',
  ORDER_CANCELLED: 'OrdersCancelled',
} as const satisfies Record<OrderProgress['type'], string>;

/**
 * Counts what the business dashboard shows, here and not where orders are placed, so that no customer waits for it.
 * A figure to look at, not to settle by: an event that comes twice is counted twice.
 */
export function countProgress(event: OrderProgress): void {
  metrics.addMetric(names[event.type], MetricUnit.Count, 1);
  if (event.type === 'ORDER_CANCELLED' && event.data.reason === 'payment-failed')
    metrics.addMetric('PaymentsFailed', MetricUnit.Count, 1);
}
