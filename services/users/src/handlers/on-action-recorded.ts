import {
  MediaActionRecorded,
  OrderActionRecorded,
  PaymentActionRecorded,
  ProductActionRecorded,
  UserActionRecorded,
} from '#shared/events/actions.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { recordAction } from '../app.ts';

/** Appends the recorded actions of all services to the audit log. */
export const handler = queueHandler([
  on(UserActionRecorded, (event) => recordAction(event)),
  on(ProductActionRecorded, (event) => recordAction(event)),
  on(OrderActionRecorded, (event) => recordAction(event)),
  on(PaymentActionRecorded, (event) => recordAction(event)),
  on(MediaActionRecorded, (event) => recordAction(event)),
]);
