import Stripe from 'stripe';
import { type PaymentsSandbox, type PaymentsSandboxOptions, startPaymentsSandbox } from './sandbox.ts';

/** The API key of the tests' sandboxes. */
export const testApiKey = 'sk_test_sandbox';

/** Stripe's own SDK for a server with Stripe's API. */
export const stripeAt = (url: string, apiKey = testApiKey, timeoutMs = 5_000): Stripe => {
  const { hostname, port } = new URL(url);
  return new Stripe(apiKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
  });
};

/** Starts a sandbox on a free port. */
export const aSandbox = (options: Partial<PaymentsSandboxOptions> = {}): Promise<PaymentsSandbox> =>
  startPaymentsSandbox({ port: 0, apiKey: testApiKey, ...options });

/** An intent of 42.00 € as the shop creates it. */
export const anIntent = (
  fields: Partial<Stripe.PaymentIntentCreateParams> = {},
): Stripe.PaymentIntentCreateParams => ({
  amount: 4200,
  currency: 'eur',
  payment_method: 'pm_card_visa',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  metadata: { order_id: 'order-1' },
  ...fields,
});

/** The Stripe error of a call. @throws Error if it succeeds or fails otherwise */
export const stripeErrorOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
};
