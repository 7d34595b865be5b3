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
 * Adds to the metrics of the business dashboard; done here so that no customer waits for it. The figures are
 * approximate: a redelivered event is counted again.
 */
export function countProgress(event: OrderProgress): void {
  metrics.addMetric(names[event.type], MetricUnit.Count, 1);
  if (event.type === 'ORDER_CANCELLED' && event.data.reason === 'payment-failed')
    metrics.addMetric('PaymentsFailed', MetricUnit.Count, 1);
}
