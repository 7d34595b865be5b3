import { until } from '../../client/shop-actions.ts';
import type { Customer } from '../load/customer.ts';
import type { Load } from '../load/load.ts';

type Payment = { status: string; clientSecret?: string };

/** Payments that wait for the customer's confirmation (3-D Secure). */
export type OpenPayments = {
  count: number;
  /** Confirms them at the provider, which notifies the release that is deployed by then. */
  confirm(): Promise<void>;
};

/** Places one order per customer with a card that requires confirmation, and waits until it is required. */
export async function openPayments({ customers, order }: Load, providerUrl: string): Promise<OpenPayments> {
  const secrets = await Promise.all(
    customers.map(async (customer) => {
      const { outcome } = await order(customer, { card: 'pm_card_authenticationRequired' });
      return outcome.kind === 'placed' ? [await secretOf(customer, outcome.id)] : [];
    }),
  );
  const open = secrets.flat();
  return {
    count: open.length,
    confirm: async () => {
      for (const secret of open) await confirm(providerUrl, secret);
    },
  };
}

/** The API returns 404 until the payment has started. */
async function secretOf(customer: Customer, orderId: string): Promise<string> {
  const { body } = await until(
    () => customer.client.send<Payment>('GET', `/api/v1/payments/${orderId}`),
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
  if (!response.ok) throw new Error(`The provider returned ${response.status}: ${await response.text()}`);
}
