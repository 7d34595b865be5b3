import { withSecret } from '../../../platform/local-access/local-access.ts';
import { setting } from './shop.ts';

type Charge = { paid: boolean; amount: number; amount_refunded: number };

const ledgerOf = async <View>(orderId: string): Promise<View> => {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/ledger?order_id=${orderId}`, {
    headers: withSecret(setting('E2E_CONTROL_SECRET')),
  });
  if (!response.ok) throw new Error(`ledger: ${response.status} ${await response.text()}`);
  return (await response.json()) as View;
};

/** How many payment intents the provider has for an order. */
export const intentsOf = async (orderId: string): Promise<number> =>
  (await ledgerOf<{ paymentIntents: unknown[] }>(orderId)).paymentIntents.length;

/**
 * The charges of an order according to the payment provider: charged minus refunded, in cents. Empty if nothing was
 * charged.
 */
export async function chargesOf(orderId: string): Promise<number[]> {
  const { charges } = await ledgerOf<{ charges: Charge[] }>(orderId);
  return charges.filter(({ paid }) => paid).map(({ amount, amount_refunded }) => amount - amount_refunded);
}

/**
 * Does what Stripe.js does for a customer whose bank asks for a confirmation (3-D Secure), with nothing but the client
 * secret from the shop.
 */
export async function confirmAtBank(clientSecret: string, outcome: 'success' | 'failure'): Promise<void> {
  const [intentId] = clientSecret.split('_secret_');
  const response = await fetch(
    `${setting('E2E_PAYMENTS_URL')}/v1/test/payment_intents/${intentId}/authenticate`,
    { method: 'POST', body: new URLSearchParams({ client_secret: clientSecret, outcome }) },
  );
  const { status } = response;
  // A failed confirmation returns 402 like a declined card.
  if (!response.ok && status !== 402) throw new Error(`bank: ${status} ${await response.text()}`);
}
