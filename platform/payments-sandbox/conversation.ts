import type Stripe from 'stripe';
import { anIntent } from './testing.ts';

type Step = {
  name: string;
  /** Sends the request; `id` is the id of the newest intent. */
  send: (stripe: Stripe, id: string) => Promise<{ id?: string; object: string }>;
};

/**
 * Every kind of request that the shop sends, in an order that a stateful provider accepts. Stripe's own mock is stateless,
 * but validates names and types against Stripe's OpenAPI document.
 */
const steps: readonly Step[] = [
  {
    name: 'create an intent with an idempotency key',
    send: (stripe) => stripe.paymentIntents.create(anIntent(), { idempotencyKey: `create-${Date.now()}` }),
  },
  { name: 'read the intent', send: (stripe, id) => stripe.paymentIntents.retrieve(id) },
  { name: 'confirm the intent', send: (stripe, id) => stripe.paymentIntents.confirm(id) },
  {
    name: 'refund a part',
    send: (stripe, id) =>
      stripe.refunds.create({ payment_intent: id, amount: 200, metadata: { attempt_id: 'attempt-1' } }),
  },
  {
    name: 'list the refunds of the intent',
    send: (stripe, id) => stripe.refunds.list({ payment_intent: id, limit: 1 }),
  },
  { name: 'create a second intent', send: (stripe) => stripe.paymentIntents.create(anIntent()) },
  { name: 'cancel the second intent', send: (stripe, id) => stripe.paymentIntents.cancel(id) },
];

/** Sends every request in order. @returns the refusal of each, if it was refused */
export const converse = async (stripe: Stripe): Promise<{ name: string; refusal?: string }[]> => {
  const results: { name: string; refusal?: string }[] = [];
  let intent = 'pi_none';
  for (const { name, send } of steps) {
    try {
      const object = await send(stripe, intent);
      if (object.object === 'payment_intent' && object.id) intent = object.id;
      results.push({ name });
    } catch (error) {
      results.push({ name, refusal: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
};
