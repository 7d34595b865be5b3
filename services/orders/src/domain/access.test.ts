import { Forbidden } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { aPaidOrder } from '../../testing/builders.ts';
import { listedUser, reasonOf, visibleTo } from './access.ts';
import { OrderNotFound } from './errors.ts';

const ada = { userId: newId(), roles: ['customer' as const] };
const eve = { userId: newId(), roles: ['customer' as const] };
const staff = { userId: newId(), roles: ['support' as const] };
const order = aPaidOrder({ userId: ada.userId });

describe('an order', () => {
  test('is seen by its customer and by the staff', () => {
    expect(visibleTo(ada, order, 'orders:read-any')).toBe(order);
    expect(visibleTo(staff, order, 'orders:read-any')).toBe(order);
  });

  test('is not there for anybody else', () => {
    expect(() => visibleTo(eve, order, 'orders:read-any')).toThrow(OrderNotFound);
  });

  test('is cancelled on the wish of its customer, or by decision of the staff', () => {
    expect([reasonOf(ada, order), reasonOf(staff, order)]).toEqual(['customer-request', 'staff-decision']);
  });
});

describe('a list', () => {
  test("shows a customer's own orders, whatever is asked", () => {
    expect(listedUser(ada, undefined)).toBe(ada.userId);
    expect(listedUser(ada, ada.userId)).toBe(ada.userId);
    expect(() => listedUser(ada, eve.userId)).toThrow(Forbidden);
  });

  test("shows the staff everybody's, or one customer's", () => {
    expect(listedUser(staff, undefined)).toBeUndefined();
    expect(listedUser(staff, ada.userId)).toBe(ada.userId);
  });
});
