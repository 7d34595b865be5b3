import Stripe from 'stripe';
import * as z from 'zod';
import { Unavailable } from '#shared/errors.ts';
import type { Money } from '#shared/money.ts';
import { readSecret } from '#shared/secrets.ts';
import { InvalidSignature } from '../domain/errors.ts';
import type { Attempt, Observation } from '../domain/payment.ts';

/** A charge at the provider: its intent and state. */
export type Intent = { id: string; observation: Observation; clientSecret?: string };

/** A webhook: the type of event, and the intent that it concerns, if it does. */
export type Webhook = { type: string; intentId?: string };

/** The payment provider in domain terms. Failures and timeouts are thrown, for a later attempt. */
export type PaymentProvider = {
  /**
   * Creates an intent without charging anything. Repeating the call with the same attempt returns the same intent (for
   * 24 h: https://docs.stripe.com/api/idempotent_requests). A payment method that can never be charged is declined.
   */
  createIntent(
    attempt: Attempt,
    amount: Money,
    about: { orderId: string; paymentId: string },
  ): Promise<Intent | Extract<Observation, { kind: 'declined' }>>;
  /** Charges the intent; however often it is confirmed, it is captured once. */
  confirmIntent(intentId: string): Promise<Observation>;
  readIntent(intentId: string): Promise<Intent>;
  /** Prevents an intent from capturing money; returns `captured` if it already has. */
  cancelIntent(intentId: string): Promise<Observation>;
  /** Refunds the whole amount, once; returns the provider's id of the refund. */
  refundIntent(intentId: string, attempt: Attempt): Promise<string>;
  /** Verifies and reads a webhook (https://docs.stripe.com/webhooks/signature). @throws InvalidSignature */
  readWebhook(rawBody: string, signature: string | undefined): Promise<Webhook>;
};

const secretSchema = z.object({ apiKey: z.string().min(1), webhookSecret: z.string().min(1) });

/**
 * The part of an event that the shop reads (https://docs.stripe.com/api/events/object). The signature proves the sender,
 * not the form of the id: anything else than an intent's id names no payment, and PostgreSQL rejects NUL in a query.
 */
const webhookSchema = z
  .object({
    type: z.string(),
    data: z
      .object({
        object: z.object({ object: z.literal('payment_intent'), id: z.string().regex(/^\w{1,255}$/) }),
      })
      .optional()
      .catch(undefined),
  })
  .transform(({ type, data }): Webhook => ({ type, ...(data && { intentId: data.object.id }) }))
  .catch({ type: 'none' });

/** The provider's URL (Stripe, or a server with its API), the secret with its keys, and the timeout of one call. */
export type ProviderOptions = { url: string; secretId: string; timeoutMs: number };

/** See {@link PaymentProvider}; uses Stripe's own SDK. */
export function paymentProvider({ secretId, ...options }: ProviderOptions): PaymentProvider {
  let current: { apiKey: string; client: Stripe } | undefined;
  const secret = async () => secretSchema.parse(JSON.parse((await readSecret(secretId)) ?? '{}'));
  const stripe = async (): Promise<Stripe> => {
    const { apiKey } = await secret();
    if (current?.apiKey !== apiKey) current = { apiKey, client: clientFor(apiKey, options) };
    return current.client;
  };
  return {
    createIntent: async (...given) => createIntent(await stripe(), ...given),
    confirmIntent: async (intentId) => confirmIntent(await stripe(), intentId),
    readIntent: async (intentId) => readIntent(await stripe(), intentId),
    cancelIntent: async (intentId) => cancelIntent(await stripe(), intentId),
    refundIntent: async (...given) => refundIntent(await stripe(), ...given),
    readWebhook: async (rawBody, signature) => {
      const [client, { webhookSecret }] = await Promise.all([stripe(), secret()]);
      return readWebhook(client, rawBody, signature, webhookSecret);
    },
  };
}

function clientFor(apiKey: string, { url, timeoutMs }: Omit<ProviderOptions, 'secretId'>): Stripe {
  const { hostname, port, protocol } = new URL(url);
  return new Stripe(apiKey, {
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    protocol: protocol === 'http:' ? 'http' : 'https',
    timeout: timeoutMs,
    // The queue retries: the next delivery reads the intent first.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

async function createIntent(
  client: Stripe,
  ...[attempt, { amountCents, currency }, about]: Parameters<PaymentProvider['createIntent']>
): ReturnType<PaymentProvider['createIntent']> {
  try {
    const intent = await client.paymentIntents.create(
      {
        amount: amountCents,
        currency: currency.toLowerCase(),
        payment_method: attempt.paymentMethod,
        // Confirmed on the server, which cannot follow a redirect to a bank's page.
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { order_id: about.orderId, payment_id: about.paymentId, attempt_id: attempt.id },
      },
      { idempotencyKey: attempt.id },
    );
    return intentOf(intent);
  } catch (error) {
    return declineOf(error) ?? fail(error);
  }
}

async function confirmIntent(client: Stripe, intentId: string): Promise<Observation> {
  try {
    // No idempotency key: Stripe would replay a failure for a day, and an intent is captured only once anyway.
    return intentOf(await client.paymentIntents.confirm(intentId)).observation;
  } catch (error) {
    const decline = declineOf(error);
    if (decline !== undefined) return decline;
    if (isUnexpectedState(error)) return (await readIntent(client, intentId)).observation;
    return fail(error);
  }
}

const readIntent = async (client: Stripe, intentId: string): Promise<Intent> =>
  intentOf(await client.paymentIntents.retrieve(intentId).catch(fail));

async function cancelIntent(client: Stripe, intentId: string): Promise<Observation> {
  try {
    return intentOf(await client.paymentIntents.cancel(intentId)).observation;
  } catch (error) {
    if (isUnexpectedState(error)) return (await readIntent(client, intentId)).observation;
    return fail(error);
  }
}

async function refundIntent(client: Stripe, intentId: string, attempt: Attempt): Promise<string> {
  try {
    // No idempotency key: Stripe would replay a failure for a day, and a second full refund is refused anyway.
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
}

function readWebhook(
  client: Stripe,
  rawBody: string,
  signature: string | undefined,
  webhookSecret: string,
): Webhook {
  try {
    return webhookSchema.parse(client.webhooks.constructEvent(rawBody, signature ?? '', webhookSecret));
  } catch (cause) {
    throw new InvalidSignature('Stripe-Signature is not a recent signature of this body.', {
      subjects: [{ kind: 'signature', message: 'is not a recent signature of this body' }],
      cause,
    });
  }
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
    // It was created with a payment method, so it lacks one only after a decline.
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

/** A declined card (402), or what the provider never accepts: an unknown token, an amount that is too small. */
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

/** @throws Unavailable without the provider's message, which may contain what must not be logged */
function fail(error: unknown): never {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  throw new Unavailable(
    `The payment provider failed: ${error.type}, ${error.code ?? 'no code'}, HTTP ${error.statusCode ?? '–'}.`,
    { retryAfterSeconds: 5, cause: error },
  );
}
