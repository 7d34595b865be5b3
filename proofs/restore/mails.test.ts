import type { OrderState } from '../load/shop-state.ts';
import { checkMails } from './mails.ts';

const order: OrderState = {
  ...{ id: 'o1', number: 'N1', userId: 'u1', status: 'paid', reason: null, totalCents: 1, lines: [] },
};
const violations = (...times: number[]) =>
  checkMails(
    [order],
    times.map((at) => ({ subject: 'Your order N1', at })),
    2_000,
  ).violations;

describe('mails of a restored shop', () => {
  test('confirm each paid order', () => {
    expect(violations(1_500)).toEqual([]);
    expect(violations()).toEqual(['o1: 0 mails']);
  });
  test('may be repeated only if the tables lost the first', () => {
    expect(violations(2_500, 9_000)).toEqual([]);
    expect(violations(1_500, 9_000)).toEqual(['o1: 2 mails']);
  });
});
