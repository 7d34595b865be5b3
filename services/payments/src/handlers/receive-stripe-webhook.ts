import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { receiveStripeWebhook } from '../api.ts';
import { charging, provider, reader } from '../app.ts';
import { isOldNews } from '../domain/notice.ts';
import { refresh } from '../flows/settle.ts';

/** A notice only says where to look: what counts is how the intent stands at the provider when we ask. */
export const handler = httpHandler(receiveStripeWebhook, async ({ rawBody, headers, cause }) => {
  const { type, intentId } = await provider().readNotice(rawBody, headers['stripe-signature']);
  const payment = intentId === undefined ? undefined : await reader().findByIntent(intentId);
  if (payment !== undefined && !isOldNews(payment, type)) await refresh(charging(), payment, cause);
  return ok({ received: true });
});
