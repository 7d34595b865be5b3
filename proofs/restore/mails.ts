import { type ControlAccess, ControlClient } from '../../platform/control/control-client.ts';
import { type Check, isSold } from '../load/expectations.ts';
import type { OrderState } from '../load/shop-state.ts';

/** A mail that was delivered at a time in ms. */
export type Mail = { subject: string; at: number };

const confirmationOf = ({ number }: OrderState, mails: readonly Mail[]): Mail[] =>
  mails.filter(({ subject }) => subject === `Your order ${number}`);

export async function readMails(shop: ControlAccess): Promise<Mail[]> {
  const mails = await new ControlClient(shop).send('GET /mails');
  return mails.map(({ subject = '', receivedAt }) => ({ subject, at: Date.parse(receivedAt) }));
}

/** Every sold order is confirmed by one mail; by a second one only if the restored tables may not contain the first. */
export function checkMails(
  orders: readonly OrderState[],
  mails: readonly Mail[],
  tablesEndAt: number,
): Check {
  const violations = orders.filter(isSold).flatMap((order) => {
    const sent = confirmationOf(order, mails);
    const first = Math.min(...sent.map(({ at }) => at));
    const isRight = sent.length === 1 || (sent.length === 2 && first >= tablesEndAt);
    return isRight ? [] : [`${order.id}: ${sent.length} mails`];
  });
  return {
    name: 'every paid order was confirmed by mail, twice only if the tables lost the first',
    violations,
  };
}

/** Mails that were sent more than once. */
export const repeatedMails = (orders: readonly OrderState[], mails: readonly Mail[]): number =>
  orders.reduce((sum, order) => sum + Math.max(0, confirmationOf(order, mails).length - 1), 0);
