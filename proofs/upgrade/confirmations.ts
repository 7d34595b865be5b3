import { until } from '../../client/shop-actions.ts';
import type { Customer } from './customer.ts';
import type { Load } from './load.ts';

type Payment = { status: string; clientSecret?: string };

/** Payments that wait for their customer's word to the bank (3-D Secure). */
export type OpenPayments = {
  count: number;
  /** Gives the bank that word; it goes to the release that is there by then. */
  confirm(): Promise<void>;
};

/** Orders once per customer with a card whose bank asks back, and waits until it has asked. */
export async function openPayments({ customers, order }: Load, providerUrl: string): Promise<OpenPayments> {
  const secrets = await Promise.all(
    customers.map(async (customer) => {
      const { placed } = await order(customer, 'pm_card_authenticationRequired', 'paid');
      return placed ? secretOf(customer, placed.id) : '';
    }),
  );
  const open = secrets.filter((secret) => secret !== '');
  return {
    count: open.length,
    confirm: async () => {
      for (const secret of open) await confirm(providerUrl, secret);
    },
  };
}

/** Until a payment is begun there is none to show, which is 404. */
async function secretOf(customer: Customer, orderId: string): Promise<string> {
  const path = `/api/v1/payments/${orderId}`;
  const { body } = await until(
    () => customer.shop.send<Payment>('GET', path),
    ({ status, body: payment }) => status === 200 && payment.status === 'action-required',
    90_000,
  );
  return body.clientSecret ?? '';
}

async function confirm(providerUrl: string, secret: string): Promise<void> {
  const [intent] = secret.split('_secret_');
  const path = `/v1/test/payment_intents/${intent}/authenticate`;
  const body = new URLSearchParams({ client_secret: secret, outcome: 'success' });
  const response = await fetch(`${providerUrl}${path}`, { method: 'POST', body });
  if (!response.ok) throw new Error(`The bank answered ${response.status}: ${await response.text()}`);
}
