import Stripe from 'stripe';
import { type PaymentsSandbox, type PaymentsSandboxOptions, startPaymentsSandbox } from './sandbox.ts';

/** The key that the suites' sandboxes let in. */
export const API_KEY = 'sk_test_sandbox';

/** Stripe's own SDK, pointed at any server that speaks Stripe's API. `timeoutMs` ends a call without an answer. */
export const stripeAt = (url: string, apiKey = API_KEY, timeoutMs = 5_000): Stripe => {
  const { hostname, port, protocol } = new URL(url);
  return new Stripe(apiKey, {
    host: hostname,
    port: Number(port),
    protocol: protocol === 'https:' ? 'https' : 'http',
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
  });
};

/** A sandbox on a free port with the suites' key. */
export const aSandbox = (options: Partial<PaymentsSandboxOptions> = {}): Promise<PaymentsSandbox> =>
  startPaymentsSandbox({ port: 0, apiKey: API_KEY, ...options });

/** An intent of 42.00 € as the shop makes it: cards only, no redirects, the order in its metadata. */
export const anOrderIntent = (
  fields: Partial<Stripe.PaymentIntentCreateParams> = {},
): Stripe.PaymentIntentCreateParams => ({
  amount: 4200,
  currency: 'eur',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  metadata: { order_id: 'order-1' },
  ...fields,
});

/** The Stripe error that a call ends in. @throws Error when it does not fail, or not by Stripe's word */
export const stripeErrorOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The call was accepted.');
};
