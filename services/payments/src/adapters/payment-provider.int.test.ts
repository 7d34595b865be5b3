import { createHmac } from 'node:crypto';
import { Unavailable } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { eur } from '#shared/money.ts';
import { aSecret } from '#shared/testing/secrets.ts';
import { aPaymentProvider } from '../../../../platform/payments-sandbox/payment-provider-under-test.ts';
import { InvalidSignature } from '../domain/errors.ts';
import type { Attempt } from '../domain/payment.ts';
import { type Intent, paymentProvider } from './payment-provider.ts';

const { sandbox, secretId, webhookSecret, apiKey } = await aPaymentProvider();
const timeoutMs = 10_000;
const provider = paymentProvider({ url: sandbox.url, secretId, timeoutMs });
afterEach(() => {
  sandbox.resetBehaviour();
});

const anAttempt = (paymentMethod = 'pm_card_visa'): Attempt => ({
  id: newId(),
  paymentMethod,
  deadline: new Date('2030-01-01T00:00:00Z'),
});
const about = () => ({ orderId: newId(), paymentId: newId() });
const create = (attempt: Attempt, order = about()) => provider.createIntent(attempt, eur(42), order);
const anIntent = async (paymentMethod?: string): Promise<Intent> => {
  const intent = await create(anAttempt(paymentMethod));
  if ('kind' in intent) throw new Error(intent.declineCode);
  return intent;
};

describe('an intent', () => {
  test('is created without charging, and names the order', async () => {
    const order = about();
    expect(await create(anAttempt(), order)).toMatchObject({ observation: { kind: 'unconfirmed' } });
    const { paymentIntents, charges } = sandbox.ledger(order.orderId);
    expect(charges).toEqual([]);
    expect(paymentIntents[0]).toMatchObject({
      amount: 4200,
      currency: 'eur',
      metadata: { payment_id: order.paymentId },
    });
  });

  test('asked for twice by one attempt is one', async () => {
    const [attempt, order] = [anAttempt(), about()];
    const intents = [await create(attempt, order), await create(attempt, order)] as Intent[];
    expect(intents[0]?.id).toBe(intents[1]?.id);
  });

  test.each([
    ['pm_card_visa', { kind: 'captured' }],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', { kind: 'declined', declineCode: 'insufficient_funds' }],
    ['pm_card_threeDSecure2Required', { kind: 'requires-action' }],
    ['pm_card_processing', { kind: 'pending' }],
  ])('confirmed with %s is %j, and is read as that', async (paymentMethod, observation) => {
    const { id } = await anIntent(paymentMethod);
    expect(await provider.confirmIntent(id)).toEqual(observation);
    expect((await provider.readIntent(id)).observation).toEqual(observation);
  });

  test('for a token that the provider does not know is declined', async () => {
    expect(await create(anAttempt('pm_of_nobody'))).toEqual({
      kind: 'declined',
      declineCode: 'resource_missing',
    });
  });

  test('confirmed twice is captured once', async () => {
    const { id } = await anIntent();
    expect([await provider.confirmIntent(id), await provider.confirmIntent(id)]).toEqual([
      { kind: 'captured' },
      { kind: 'captured' },
    ]);
    expect(sandbox.ledger().charges.filter((charge) => charge.payment_intent === id)).toHaveLength(1);
  });
});

describe('cancelling', () => {
  test('ends an intent, also a second time', async () => {
    const { id } = await anIntent('pm_card_threeDSecure2Required');
    await provider.confirmIntent(id);
    expect(await provider.cancelIntent(id)).toEqual({ kind: 'cancelled' });
    expect(await provider.cancelIntent(id)).toEqual({ kind: 'cancelled' });
    expect(await provider.confirmIntent(id)).toEqual({ kind: 'cancelled' });
  });

  test('one that captured the money reports it', async () => {
    const { id } = await anIntent();
    await provider.confirmIntent(id);
    expect(await provider.cancelIntent(id)).toEqual({ kind: 'captured' });
  });
});

describe('a refund', () => {
  test('is given once, also when the provider no longer has the key', async () => {
    const attempt = anAttempt();
    const { id } = (await create(attempt)) as Intent;
    await provider.confirmIntent(id);
    const first = await provider.refundIntent(id, attempt);
    expect(await provider.refundIntent(id, attempt)).toBe(first);
    sandbox.changeBehaviour({ expireKeys: true });
    expect(await provider.refundIntent(id, attempt)).toBe(first);
    expect(sandbox.ledger().refunds.filter((refund) => refund.payment_intent === id)).toHaveLength(1);
  });
});

describe('a provider that does not work', () => {
  test('can be retried, and its message is not revealed', async () => {
    sandbox.changeBehaviour({ failNext: 1 });
    const refusal = await create(anAttempt()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Unavailable);
    expect((refusal as Error).message).toBe(
      'The payment provider failed: StripeAPIError, no code, HTTP 500.',
    );
  });

  test('that is unreachable can be retried', async () => {
    const unreachable = paymentProvider({ url: 'http://127.0.0.1:9', secretId, timeoutMs });
    await expect(unreachable.readIntent('pi_1')).rejects.toThrow(Unavailable);
  });

  test('that refuses our key is worth another try, once the operator has put the right one', async () => {
    const wrong = await aSecret(JSON.stringify({ apiKey: 'sk_wrong', webhookSecret }));
    await expect(
      paymentProvider({ url: sandbox.url, secretId: wrong, timeoutMs }).readIntent('pi_1'),
    ).rejects.toThrow('HTTP 401');
    const none = paymentProvider({ url: sandbox.url, secretId: await aSecret(), timeoutMs });
    await expect(none.readIntent('pi_1')).rejects.toThrow();
  });
});

describe('a webhook', () => {
  const event = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_7', object: 'payment_intent' } },
  });
  const signed = (body: string, secret = webhookSecret, seconds = Math.floor(Date.now() / 1000)) =>
    `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

  test('names its intent', async () => {
    expect(await provider.readWebhook(event, signed(event))).toEqual({
      type: 'payment_intent.succeeded',
      intentId: 'pi_7',
    });
  });

  test('about something else names no intent', async () => {
    const other = event.replace('"payment_intent"}', '"charge"}');
    expect(await provider.readWebhook(other, signed(other))).toEqual({ type: 'payment_intent.succeeded' });
  });

  test.each([
    ['without a signature', undefined],
    ['with nonsense for one', 'nonsense'],
    ["with another's secret", signed(event, apiKey)],
    ['over another body', signed(event.replace('pi_7', 'pi_8'))],
    ['from ten minutes ago', signed(event, webhookSecret, Math.floor(Date.now() / 1000) - 600)],
  ])('%s is refused', async (_, signature) => {
    await expect(provider.readWebhook(event, signature)).rejects.toThrow(InvalidSignature);
  });
});
