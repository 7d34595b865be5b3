import { newId } from '#shared/ids.ts';
import { eur } from '#shared/money.ts';
import { aPaymentProvider } from '#shared/testing/payment-provider.ts';
import { aSecret } from '#shared/testing/secrets.ts';
import { type Intent, paymentProvider } from './payment-provider.ts';

/**
 * Every request of the adapter is one that the provider's API takes. Runs against our own provider, and against the
 * one at PAYMENT_PROVIDER_TEST_URL where that is set: Stripe's stripe-mock checks each request by Stripe's own API
 * description, and answers by fixtures, so that only the form of the answers counts here.
 */
const elsewhere = process.env.PAYMENT_PROVIDER_TEST_URL;
const ours = elsewhere === undefined ? await aPaymentProvider() : undefined;
const secretId =
  ours?.secretId ?? (await aSecret(JSON.stringify({ apiKey: 'sk_test_123', webhookSecret: 'whsec_123' })));
const provider = paymentProvider({ url: elsewhere ?? ours?.sandbox.url ?? '', secretId, timeoutMs: 10_000 });

const attempt = {
  id: newId(),
  paymentMethod: 'pm_card_visa',
  deadline: new Date('2030-01-01T00:00:00Z'),
};
const anIntent = async (): Promise<Intent> => {
  const intent = await provider.createIntent({ ...attempt, id: newId() }, eur(42), {
    orderId: newId(),
    paymentId: newId(),
  });
  if ('kind' in intent) throw new Error(`declined: ${intent.declineCode}`);
  return intent;
};
const anObservation = { kind: expect.any(String) };

describe('the provider takes', () => {
  test('the making of an intent', async () => {
    expect(await anIntent()).toMatchObject({ id: expect.stringMatching(/^pi_/), observation: anObservation });
  });

  test('its confirmation', async () => {
    const { id } = await anIntent();
    expect(await provider.confirmIntent(id)).toMatchObject(anObservation);
  });

  test('a look at it', async () => {
    const { id } = await anIntent();
    expect(await provider.readIntent(id)).toMatchObject({ id, observation: anObservation });
  });

  test('its cancellation', async () => {
    const { id } = await anIntent();
    expect(await provider.cancelIntent(id)).toMatchObject(anObservation);
  });

  test('a refund', async () => {
    const { id } = await anIntent();
    await provider.confirmIntent(id);
    expect(await provider.refundIntent(id, attempt)).toMatch(/^(re|pyr)_/);
  });
});
