import Stripe from 'stripe';
import * as z from 'zod';
import { Unavailable } from '#shared/errors.ts';
import type { Money } from '#shared/money.ts';
import { readSecret } from '#shared/secrets.ts';
import { InvalidSignature } from '../domain/errors.ts';
import type { Attempt, Observation } from '../domain/payment.ts';

/** A charge that the provider knows: its intent, and how it stands. */
export type Intent = { id: string; observation: Observation; clientSecret?: string };

/** What a webhook tells: the kind of event, and the intent that it is about, if it is about one. */
export type Notice = { type: string; intentId?: string };

/** The payment provider, in the shop's words. Faults and time-outs are thrown, for a later try. */
export type PaymentProvider = {
  /**
   * Makes an intent without charging anything. The provider answers a repeated call with the same attempt by the
   * same intent (for 24 h: https://docs.stripe.com/api/idempotent_requests). What can never be charged is declined.
   */
  createIntent(
    attempt: Attempt,
    amount: Money,
    about: { orderId: string; paymentId: string },
  ): Promise<Intent | Extract<Observation, { kind: 'declined' }>>;
  /** Charges. An intent can be captured only once, however often it is confirmed. */
  confirmIntent(intentId: string): Promise<Observation>;
  readIntent(intentId: string): Promise<Intent>;
  /** Makes sure that an intent takes no money; answers `captured` if it did already. */
  cancelIntent(intentId: string): Promise<Observation>;
  /** Gives all of it back, once; answers the provider's id of the refund. */
  refundIntent(intentId: string, attempt: Attempt): Promise<string>;
  /** Reads a webhook. @throws InvalidSignature over the body as it came (https://docs.stripe.com/webhooks/signature) */
  readNotice(rawBody: string, signature: string | undefined): Promise<Notice>;
};

const secretSchema = z.object({ apiKey: z.string().min(1), webhookSecret: z.string().min(1) });

/**
 * What the shop reads of an event (https://docs.stripe.com/api/events/object). The signature says who sent it, not that
 * its id is one: what is no id of an intent names no payment of ours, and PostgreSQL refuses a NUL even in a question.
 */
const noticeSchema = z
  .object({
    type: z.string(),
    data: z
      .object({
        object: z.object({ object: z.literal('payment_intent'), id: z.string().regex(/^\w{1,255}$/) }),
      })
      .optional()
      .catch(undefined),
  })
  .transform(({ type, data }): Notice => ({ type, ...(data && { intentId: data.object.id }) }))
  .catch({ type: 'none' });

/** Where the provider is (Stripe, or one that speaks its API), what lets us in, and how long one call may take. */
export type ProviderOptions = { url: string; secretId: string; timeoutMs: number };

/** See {@link PaymentProvider}; by Stripe's own SDK. */
export function paymentProvider({ url, secretId, timeoutMs }: ProviderOptions): PaymentProvider {
  const { hostname, port, protocol } = new URL(url);
  let made: { apiKey: string; client: Stripe } | undefined;

  const secret = async () => secretSchema.parse(JSON.parse((await readSecret(secretId)) ?? '{}'));
  const stripe = async (): Promise<Stripe> => {
    const { apiKey } = await secret();
    if (made?.apiKey !== apiKey) made = { apiKey, client: clientFor(apiKey) };
    return made.client;
  };
  const clientFor = (apiKey: string) =>
    new Stripe(apiKey, {
      host: hostname,
      port: port || (protocol === 'http:' ? 80 : 443),
      protocol: protocol === 'http:' ? 'http' : 'https',
      timeout: timeoutMs,
      // A message that fails comes again, and that try looks at the intent first.
      maxNetworkRetries: 0,
      telemetry: false,
    });
  const readIntent = async (intentId: string) => {
    const client = await stripe();
    return intentOf(await client.paymentIntents.retrieve(intentId).catch(fail));
  };

  return {
    readIntent,
    createIntent: async (attempt, { amountCents, currency }, about) => {
      const client = await stripe();
      try {
        const intent = await client.paymentIntents.create(
          {
            amount: amountCents,
            currency: currency.toLowerCase(),
            payment_method: attempt.paymentMethod,
            // Confirmed on the server, where no redirect to a bank's page could come back to.
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata: { order_id: about.orderId, payment_id: about.paymentId, attempt_id: attempt.id },
          },
          { idempotencyKey: attempt.id },
        );
        return intentOf(intent);
      } catch (error) {
        return declineOf(error) ?? fail(error);
      }
    },
    confirmIntent: async (intentId) => {
      const client = await stripe();
      try {
        // No idempotency key: Stripe would replay a fault for a day, and an intent is captured once all the same.
        return intentOf(await client.paymentIntents.confirm(intentId)).observation;
      } catch (error) {
        const decline = declineOf(error);
        if (decline !== undefined) return decline;
        if (isUnexpectedState(error)) return (await readIntent(intentId)).observation;
        return fail(error);
      }
    },
    cancelIntent: async (intentId) => {
      const client = await stripe();
      try {
        return intentOf(await client.paymentIntents.cancel(intentId)).observation;
      } catch (error) {
        if (isUnexpectedState(error)) return (await readIntent(intentId)).observation;
        return fail(error);
      }
    },
    refundIntent: async (intentId, attempt) => {
      const client = await stripe();
      try {
        // No idempotency key: Stripe would replay a fault for a day, and a second full refund is refused all the same.
        const refund = await client.refunds.create({
          payment_intent: intentId,
          metadata: { attempt_id: attempt.id },
        });
        return refund.id;
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeError) || error.code !== 'charge_already_refunded')
          return fail(error);
        const { data } = await client.refunds.list({ payment_intent: intentId, limit: 1 }).catch(fail);
        return data[0]?.id ?? fail(error);
      }
    },
    readNotice: async (rawBody, signature) => {
      const [client, { webhookSecret }] = await Promise.all([stripe(), secret()]);
      try {
        const event = client.webhooks.constructEvent(rawBody, signature ?? '', webhookSecret);
        return noticeSchema.parse(event);
      } catch (cause) {
        throw new InvalidSignature('Stripe-Signature is not a recent signature of this body.', {
          subjects: [{ kind: 'signature', message: 'is not a recent signature of this body' }],
          cause,
        });
      }
    },
  };
}

const intentOf = (intent: Stripe.PaymentIntent): Intent => ({
  id: intent.id,
  observation: observationOf(intent),
  ...(intent.client_secret === null ? {} : { clientSecret: intent.client_secret }),
});

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
function observationOf(intent: Stripe.PaymentIntent): Observation {
  switch (intent.status) {
    case 'requires_confirmation':
      return { kind: 'unconfirmed' };
    // Made with a payment method, so it is without one only after a decline.
    case 'requires_payment_method': {
      const failure = intent.last_payment_error;
      return failure === null
        ? { kind: 'unconfirmed' }
        : { kind: 'declined', declineCode: failure.decline_code ?? failure.code ?? failure.type };
    }
    case 'requires_action':
      return { kind: 'requires-action' };
    case 'succeeded':
      return { kind: 'captured' };
    case 'canceled':
      return { kind: 'cancelled' };
    default:
      return { kind: 'pending' };
  }
}

/** A card that is declined (402), and what the provider will never take: a token that it does not know, an amount too small. */
function declineOf(error: unknown): Extract<Observation, { kind: 'declined' }> | undefined {
  if (error instanceof Stripe.errors.StripeCardError)
    return { kind: 'declined', declineCode: error.decline_code ?? error.code ?? 'card_error' };
  if (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    (error.param === 'payment_method' || error.param === 'amount')
  )
    return { kind: 'declined', declineCode: error.code ?? 'invalid_request' };
  return undefined;
}

const isUnexpectedState = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError &&
  error.code === 'payment_intent_unexpected_state';

/** @throws Unavailable without the provider's own words, which may hold more than a log should */
function fail(error: unknown): never {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  throw new Unavailable(
    `The payment provider did not do it: ${error.type}, ${error.code ?? 'no code'}, HTTP ${error.statusCode ?? '–'}.`,
    { retryAfterSeconds: 5, cause: error },
  );
}
