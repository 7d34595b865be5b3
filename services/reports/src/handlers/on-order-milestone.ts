import type { EnvelopeOf } from '#shared/events/event.ts';
import { OrderCancelled, OrderCompleted, OrderCreated } from '#shared/events/orders.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { topicHandler } from '#shared/lambda/topic.ts';
import { counters } from '../app.ts';
import type { Milestone } from '../domain/milestone.ts';
import { dayOf } from '../domain/order-row.ts';

type MilestoneEvent =
  | EnvelopeOf<typeof OrderCreated>
  | EnvelopeOf<typeof OrderCompleted>
  | EnvelopeOf<typeof OrderCancelled>;

const count = (milestone: Milestone) => async (event: MilestoneEvent) => {
  const { totalCents, currency } = event.data;
  await counters().count({ id: event.id, day: dayOf(new Date(event.time)), milestone, totalCents, currency });
};

/** Counts created, completed and cancelled orders by the UTC day of the event. */
export const handler = topicHandler([
  on(OrderCreated, count('created')),
  on(OrderCompleted, count('completed')),
  on(OrderCancelled, count('cancelled')),
]);
