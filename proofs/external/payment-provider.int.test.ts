import { randomUUID } from 'node:crypto';
import { type PaymentsSandbox, startPaymentsSandbox } from '../../platform/payments-sandbox/sandbox.ts';
import {
  type PaymentProvider,
  paymentProvider,
} from '../../services/payments/src/adapters/payment-provider.ts';
import type { Attempt } from '../../services/payments/src/domain/payment.ts';
import { eur } from '../../shared/money.ts';
import { aSecret } from '../../shared/testing/secrets.ts';

// Also run against Stripe's own stripe-mock, which keeps no state: its response about an intent is arbitrary, and
// stripe-mock.ts records whether it refused a request.
const apiKey = 'sk_test_requests';
let sandbox: PaymentsSandbox | undefined;
let provider: PaymentProvider;

beforeAll(async () => {
  let url = process.env.TEST_PAYMENT_PROVIDER_URL;
  if (url === undefined) {
    sandbox = await startPaymentsSandbox({ port: 0, apiKey });
    url = sandbox.url;
  }
  const secretId = await aSecret(JSON.stringify({ apiKey, webhookSecret: 'whsec_test' }));
  provider = paymentProvider({ url, secretId, timeoutMs: 10_000 });
});

afterAll(() => sandbox?.stop());

const anAttempt = (): Attempt => ({
  id: randomUUID(),
  paymentMethod: 'pm_card_visa',
  deadline: new Date(Date.now() + 60_000),
});

/** The expected state, which only a provider with state returns. */
const stateIs = (kind: string) => ({ kind: sandbox ? kind : expect.any(String) });

const created = async (attempt: Attempt): Promise<string> => {
  const metadata = { orderId: randomUUID(), paymentId: randomUUID() };
  const intent = await provider.createIntent(attempt, eur(42), metadata);
  if (!('id' in intent)) throw new Error(`createIntent was refused: ${intent.declineCode}`);
  return intent.id;
};

test('creating, reading, confirming and refunding an intent are requests that Stripe accepts', async () => {
  const attempt = anAttempt();
  const id = await created(attempt);
  expect((await provider.readIntent(id)).id).toEqual(expect.stringMatching(/^pi_/));
  expect(await provider.confirmIntent(id)).toMatchObject(stateIs('captured'));
  expect(await provider.refundIntent(id, attempt)).toMatch(/^re_/);
});

test('cancelling an intent is a request that Stripe accepts', async () => {
  const id = await created(anAttempt());
  expect(await provider.cancelIntent(id)).toMatchObject(stateIs('cancelled'));
});
