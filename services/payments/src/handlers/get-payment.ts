import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { paymentBody } from '../answers.ts';
import { getPayment } from '../api.ts';
import { provider, reader } from '../app.ts';
import { visibleTo } from '../domain/access.ts';
import type { Payment } from '../domain/payment.ts';

/** How a payment stands; the payer also gets what the bank's confirmation needs. */
export const handler = httpHandler(getPayment, async ({ params, caller }) => {
  const payment = visibleTo(caller, await reader().findByOrder(params.orderId));
  const clientSecret = payment.userId === caller.userId ? await clientSecretOf(payment) : undefined;
  return ok(paymentBody(payment, clientSecret));
});

/** It is asked for when it is needed, and kept nowhere. */
async function clientSecretOf({ status, attempt }: Payment): Promise<string | undefined> {
  if (status !== 'action-required' || attempt.intentId === undefined) return undefined;
  return (await provider().readIntent(attempt.intentId)).clientSecret;
}
