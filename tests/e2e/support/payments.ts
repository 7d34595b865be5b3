import { setting } from './shop.ts';

type Charge = { paid: boolean; amount: number; amount_refunded: number };

const ledgerOf = async <View>(orderId: string): Promise<View> => {
  const response = await fetch(`${setting('E2E_PAYMENTS_URL')}/_sandbox/ledger?order_id=${orderId}`);
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
