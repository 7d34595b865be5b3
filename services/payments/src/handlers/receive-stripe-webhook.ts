import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { receiveStripeWebhookRoute } from '../api.ts';
import { paymentDeps, provider, reader } from '../app.ts';
import { isAlreadyRecorded } from '../domain/webhook.ts';
import { refreshPayment } from '../workflows/settle-payment.ts';

/** Receives a webhook. It only names an intent; the intent's state at the provider is what counts. */
export const handler = httpHandler(receiveStripeWebhookRoute, async ({ rawBody, headers, cause }) => {
  const { type, intentId } = await provider().readWebhook(rawBody, headers['stripe-signature']);
  const payment = intentId === undefined ? undefined : await reader().findByIntent(intentId);
  if (payment !== undefined && !isAlreadyRecorded(payment, type))
    await refreshPayment(paymentDeps(), payment, cause);
  return ok({ received: true });
});
