import * as z from 'zod';
import { event, type Topic } from './event.ts';

/**
 * What somebody did, for the audit log. Without personal data: people are named by the ids of their accounts, so that an
 * entry may outlive the account.
 */
export const actionSchema = z.object({
  /** The route or function that was called, or what happened: `set-inventory`, `refresh-token-reused`. */
  action: z.string().min(1).max(100),
  /** What it was done to. */
  target: z.object({ kind: z.string().min(1).max(50), id: z.string().min(1).max(100) }),
  /** The address that the request came from; absent if nobody sent one. */
  clientAddress: z.string().max(64).optional(),
  /** What changed, such as the granted roles. */
  details: z.record(z.string().max(50), z.string().max(500)).default({}),
});

/** One type per service, since an event belongs to one service and is published on its topic. */
const actionRecorded = <const Type extends string>(source: string, type: Type, topic: Topic) =>
  event({
    source,
    type,
    version: 1,
    topics: [topic],
    description: `Somebody did something in the ${source} service that the audit log lists.`,
    data: actionSchema,
  });

export const UserActionRecorded = /* @__PURE__ */ actionRecorded(
  'users',
  'USER_ACTION_RECORDED',
  'user-events.fifo',
);
export const ProductActionRecorded = /* @__PURE__ */ actionRecorded(
  'products',
  'PRODUCT_ACTION_RECORDED',
  'product-events.fifo',
);
export const OrderActionRecorded = /* @__PURE__ */ actionRecorded(
  'orders',
  'ORDER_ACTION_RECORDED',
  'order-events.fifo',
);
export const PaymentActionRecorded = /* @__PURE__ */ actionRecorded(
  'payments',
  'PAYMENT_ACTION_RECORDED',
  'payment-events.fifo',
);
export const MediaActionRecorded = /* @__PURE__ */ actionRecorded(
  'media',
  'MEDIA_ACTION_RECORDED',
  'media-events.fifo',
);

/** The definition of any service's recorded action. */
export type ActionRecorded =
  | typeof UserActionRecorded
  | typeof ProductActionRecorded
  | typeof OrderActionRecorded
  | typeof PaymentActionRecorded
  | typeof MediaActionRecorded;
