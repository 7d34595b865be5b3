import type Stripe from 'stripe';
import { anOrderIntent } from './testing.ts';

/** One request of the shop's to its payment provider. `id` is the newest intent's. */
export type Step = {
  name: string;
  say: (stripe: Stripe, id: string) => Promise<{ id?: string; object: string }>;
};

/**
 * Every kind of request that the sandbox is asked in its tests, in an order in which a provider with a memory takes
 * each. Stripe's own mock has none, but checks names and types against Stripe's OpenAPI document.
 */
export const conversation: readonly Step[] = [
  {
    name: 'create an unconfirmed intent under a key',
    say: (stripe) =>
      stripe.paymentIntents.create(anOrderIntent(), { idempotencyKey: `create-${Date.now()}` }),
  },
  { name: 'read the intent', say: (stripe, id) => stripe.paymentIntents.retrieve(id) },
  {
    name: 'change its metadata',
    say: (stripe, id) => stripe.paymentIntents.update(id, { metadata: { attempt: '1' } }),
  },
  {
    name: 'confirm it with a test card',
    say: (stripe, id) =>
      stripe.paymentIntents.confirm(
        id,
        { payment_method: 'pm_card_visa', off_session: false, expand: ['latest_charge.balance_transaction'] },
        { idempotencyKey: `confirm-${Date.now()}` },
      ),
  },
  {
    name: 'list intents by time',
    say: (stripe) => stripe.paymentIntents.list({ created: { gte: 1, lt: 4_000_000_000 }, limit: 5 }),
  },
  {
    name: 'search intents by order',
    say: (stripe) => stripe.paymentIntents.search({ query: "metadata['order_id']:'order-1'" }),
  },
  { name: 'list an intent’s charges', say: (stripe, id) => stripe.charges.list({ payment_intent: id }) },
  {
    name: 'refund a part',
    say: (stripe, id) =>
      stripe.refunds.create(
        {
          payment_intent: id,
          amount: 200,
          reason: 'requested_by_customer',
          metadata: { refund_id: 'refund-1' },
        },
        { idempotencyKey: `refund-${Date.now()}` },
      ),
  },
  { name: 'list an intent’s refunds', say: (stripe, id) => stripe.refunds.list({ payment_intent: id }) },
  {
    name: 'list balance movements with their sources',
    say: (stripe) =>
      stripe.balanceTransactions.list({ created: { gte: 1 }, type: 'charge', expand: ['data.source'] }),
  },
  {
    name: 'list events',
    say: (stripe) => stripe.events.list({ type: 'payment_intent.succeeded', limit: 3 }),
  },
  { name: 'create a second intent', say: (stripe) => stripe.paymentIntents.create(anOrderIntent()) },
  {
    name: 'cancel it',
    say: (stripe, id) => stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' }),
  },
];

/** Says every step in turn and tells of each whether it was taken. */
export const converse = async (stripe: Stripe): Promise<{ name: string; refusal?: string }[]> => {
  const results: { name: string; refusal?: string }[] = [];
  let intent = 'pi_none';
  for (const { name, say } of conversation) {
    try {
      const answer = await say(stripe, intent);
      if (answer.object === 'payment_intent' && answer.id) intent = answer.id;
      results.push({ name });
    } catch (error) {
      results.push({ name, refusal: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
};
