import { newId } from '#shared/ids.ts';
import { aCaller } from '#shared/testing/callers.ts';
import { aPaidOrder, minutesAfter } from '../../testing/builders.ts';
import { cancelAs, isVisibleTo, listedUserId, mayListOrdersOf } from './access.ts';

const ada = aCaller();
const eve = aCaller();
const staff = aCaller('support');
const order = aPaidOrder({ userId: ada.userId });
const meta = { at: minutesAfter(45), eventId: newId() };

describe('an order', () => {
  test('is visible to its customer and to staff only', () => {
    const visible = [ada, staff, eve].map((caller) => isVisibleTo(caller, order, 'orders:read-any'));
    expect(visible).toEqual([true, true, false]);
  });

  test.each([
    ['its customer', ada, 'customer-request'],
    ['staff', staff, 'staff-decision'],
  ])('is cancelled by %s, with its own reason', (_, caller, reason) => {
    expect(cancelAs(caller, order, meta)).toMatchObject({
      kind: 'changed',
      state: { status: 'cancelled', reason },
    });
  });

  test('does not exist for another customer who cancels it', () => {
    expect(cancelAs(eve, order, meta)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'ORDER_NOT_FOUND' },
    });
  });
});

describe('a list', () => {
  test("shows a customer's own orders, and no other customer's", () => {
    expect(listedUserId(ada, undefined)).toBe(ada.userId);
    expect(listedUserId(ada, ada.userId)).toBe(ada.userId);
    expect([undefined, ada.userId, eve.userId].map((id) => mayListOrdersOf(ada, id))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("shows staff all orders, or one customer's", () => {
    expect(listedUserId(staff, undefined)).toBeUndefined();
    expect(listedUserId(staff, ada.userId)).toBe(ada.userId);
    expect(mayListOrdersOf(staff, ada.userId)).toBe(true);
  });
});
