import { randomUUID } from 'node:crypto';
import { type PaymentsSandbox, startPaymentsSandbox } from '../../platform/payments-sandbox/sandbox.ts';
import {
  type PaymentProvider,
  paymentProvider,
} from '../../services/payments/src/adapters/payment-provider.ts';
import type { Attempt } from '../../services/payments/src/domain/payment.ts';
import { eur } from '../../shared/money.ts';
import { aSecret } from '../../shared/testing/secrets.ts';

// Also run before Stripe's own stripe-mock. That one remembers nothing, so its answers about an intent's state say
// nothing; whether it refused a request is watched by the script that starts it.
const API_KEY = 'sk_test_requests';
let sandbox: PaymentsSandbox | undefined;
let provider: PaymentProvider;

beforeAll(async () => {
  let url = process.env.TEST_PAYMENT_PROVIDER_URL;
  if (url === undefined) {
    sandbox = await startPaymentsSandbox({ port: 0, apiKey: API_KEY });
    url = sandbox.url;
  }
  const secretId = await aSecret(JSON.stringify({ apiKey: API_KEY, webhookSecret: 'whsec_test' }));
  provider = paymentProvider({ url, secretId, timeoutMs: 10_000 });
});

afterAll(() => sandbox?.stop());

const anAttempt = (): Attempt => ({
  id: randomUUID(),
  paymentMethod: 'pm_card_visa',
  deadline: new Date(Date.now() + 60_000),
});

/** The state that a provider with a memory must tell. */
const known = (kind: string) => ({ kind: sandbox ? kind : expect.any(String) });

const created = async (attempt: Attempt): Promise<string> => {
  const about = { orderId: randomUUID(), paymentId: randomUUID() };
  const intent = await provider.createIntent(attempt, eur(42), about);
  if (!('id' in intent)) throw new Error(`createIntent was refused: ${intent.declineCode}`);
  return intent.id;
};

test('making, reading, confirming and refunding an intent are requests that Stripe accepts', async () => {
  const attempt = anAttempt();
  const id = await created(attempt);
  expect((await provider.readIntent(id)).id).toEqual(expect.stringMatching(/^pi_/));
  expect(await provider.confirmIntent(id)).toMatchObject(known('captured'));
  expect(await provider.refundIntent(id, attempt)).toMatch(/^re_/);
});

test('cancelling an intent is a request that Stripe accepts', async () => {
  const id = await created(anAttempt());
  expect(await provider.cancelIntent(id)).toMatchObject(known('cancelled'));
});
