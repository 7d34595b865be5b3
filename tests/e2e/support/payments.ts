import { setting } from './shop.ts';

type Charge = { paid: boolean; amount: number; amount_refunded: number };

const ledgerOf = async <View>(orderId: string): Promise<View> => {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/ledger?order_id=${orderId}`);
  if (!response.ok) throw new Error(`ledger: ${response.status} ${await response.text()}`);
  return (await response.json()) as View;
};

/** How many payments the provider was asked to prepare for an order. */
export const intentsOf = async (orderId: string): Promise<number> =>
  (await ledgerOf<{ paymentIntents: unknown[] }>(orderId)).paymentIntents.length;

/**
 * What the payment provider's own books say of an order: for each charge what was kept of it, in cents. Empty if
 * nothing was charged.
 */
export async function chargesOf(orderId: string): Promise<number[]> {
  const { charges } = await ledgerOf<{ charges: Charge[] }>(orderId);
  return charges.filter(({ paid }) => paid).map(({ amount, amount_refunded }) => amount - amount_refunded);
}

/**
 * Does what Stripe.js does for a customer whose bank asks for a confirmation (3-D Secure): answers the bank, with
 * nothing but the client secret that the shop gave the customer.
 */
export async function answerBank(clientSecret: string, outcome: 'success' | 'failure'): Promise<void> {
  const [intentId] = clientSecret.split('_secret_');
  const response = await fetch(
    `${setting('E2E_PAYMENTS_URL')}/v1/test/payment_intents/${intentId}/authenticate`,
    { method: 'POST', body: new URLSearchParams({ client_secret: clientSecret, outcome }) },
  );
  const { status } = response;
  // A refused confirmation is answered like a declined card.
  if (!response.ok && status !== 402) throw new Error(`bank: ${status} ${await response.text()}`);
}
