import { setting } from './shop.ts';

type Charge = { paid: boolean; amount: number; amount_refunded: number };

/**
 * What the payment provider's own books say of an order: for each charge what was kept of it, in cents. Empty if
 * nothing was charged.
 */
export async function chargesOf(orderId: string): Promise<number[]> {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/ledger?order_id=${orderId}`);
  const { charges } = (await response.json()) as { charges: Charge[] };
  return charges.filter(({ paid }) => paid).map(({ amount, amount_refunded }) => amount - amount_refunded);
}
