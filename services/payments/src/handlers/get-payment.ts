import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getPaymentRoute } from '../api.ts';
import { provider, reader } from '../app.ts';
import { isVisibleTo } from '../domain/access.ts';
import { PaymentNotFound } from '../domain/errors.ts';
import type { Payment } from '../domain/payment.ts';
import { paymentBody } from '../views.ts';

/** Returns the payment of an order; its payer also gets what the bank's confirmation needs. */
export const handler = httpHandler(getPaymentRoute, async ({ params, caller }) => {
  const payment = await reader().findByOrder(params.orderId);
  if (payment === undefined || !isVisibleTo(caller, payment))
    throw new PaymentNotFound('There is no payment for this order yet.');
  const clientSecret = payment.userId === caller.userId ? await clientSecretOf(payment) : undefined;
  return ok(paymentBody(payment, clientSecret));
});

/** Read from the provider each time; it is stored nowhere. */
async function clientSecretOf({ status, attempt }: Payment): Promise<string | undefined> {
  if (status !== 'action-required' || attempt.intentId === undefined) return undefined;
  return (await provider().readIntent(attempt.intentId)).clientSecret;
}
