import { randomUUID } from 'node:crypto';
import { type PaymentsSandbox, startPaymentsSandbox } from '../../../../local/payments-sandbox/sandbox.ts';
import { eur } from '../../../../shared/money.ts';
import { writeSecret } from '../../../../shared/secrets.ts';
import type { Attempt } from '../domain/payment.ts';
import { type PaymentProvider, paymentProvider } from './payment-provider.ts';

// Also run before Stripe's own stripe-mock, which remembers nothing: only what is asked is tested here.
const API_KEY = 'sk_test_requests';
let sandbox: PaymentsSandbox | undefined;
let provider: PaymentProvider;

beforeAll(async () => {
  let url = process.env.TEST_PAYMENT_PROVIDER_URL;
  if (url === undefined) {
    sandbox = await startPaymentsSandbox({ port: 0, apiKey: API_KEY });
    url = sandbox.url;
  }
  const secretId = `test/payment-provider-${randomUUID()}`;
  await writeSecret(secretId, JSON.stringify({ apiKey: API_KEY, webhookSecret: 'whsec_test' }));
  provider = paymentProvider(url, secretId);
});

afterAll(() => sandbox?.stop());

const anAttempt = (): Attempt => ({
  id: randomUUID(),
  paymentMethod: 'pm_card_visa',
  deadline: new Date(Date.now() + 60_000),
});

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
  expect(['captured', 'unconfirmed']).toContain((await provider.confirmIntent(id)).kind);
  expect(await provider.refundIntent(id, attempt)).toMatch(/^re_/);
});

test('cancelling an intent is a request that Stripe accepts', async () => {
  const id = await created(anAttempt());
  expect(['cancelled', 'unconfirmed']).toContain((await provider.cancelIntent(id)).kind);
});
