import type { Role } from '#shared/auth/permissions.ts';
import type { Route } from '#shared/http/route.ts';
import { newId } from '#shared/ids.ts';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import { decide } from '../src/domain/decide.ts';
import type { OrderStatus, PendingOrder } from '../src/domain/order.ts';
import { place } from '../src/domain/place.ts';
import { anAddress, minutesAfter } from './builders.ts';
import { ordersEnvironment } from './environment.ts';

/** A caller with a role. */
export const as = (role: Role, userId = newId()) => ({ userId, roles: [role] });
/** Two customers, and two of the staff. */
export const [ada, eve, support, admin] = [as('customer'), as('customer'), as('support'), as('admin')];
/** What the carrier said of a shipped order. */
export const parcel = { carrier: 'DHL', trackingNumber: 'T1' };

type Answer = Record<string, unknown> & { items: { id: string }[]; errors?: { field: string }[] };
/** An answer's status, and its code or the state of its order. */
export const codeOf = ({ status, body }: { status: number; body: Answer }) => [
  status,
  body['code'] ?? body['status'],
];

/** The orders service on stores of its own: call it at the top of a file. */
export async function ordersService() {
  const { published } = await ordersEnvironment();
  const app = await import('../src/app.ts');
  const { nothingElse } = await import('../src/adapters/order-store.ts');
  const { idempotently } = await import('#shared/postgres/idempotency.ts');
  const handlers = {
    cancel: (await import('../src/handlers/cancel-order.ts')).handler,
    complete: (await import('../src/handlers/complete-order.ts')).handler,
    get: (await import('../src/handlers/get-order.ts')).handler,
    health: (await import('../src/handlers/health.ts')).handler,
    list: (await import('../src/handlers/list-orders.ts')).handler,
    ship: (await import('../src/handlers/ship-order.ts')).handler,
  };
  afterAll(() => app.database().end());

  /** An order of Ada's, brought to a state. */
  async function anOrder(status: OrderStatus = 'pending', userId = ada.userId): Promise<PendingOrder> {
    const placed = place({
      orderId: newId(),
      userId,
      lines: [{ productId: newId(), name: 'Lamp', quantity: 2, unitPriceCents: 500, currency: 'EUR' }],
      shippingAddress: anAddress,
      paymentMethod: 'pm_card_visa',
      paymentDeadline: minutesAfter(30),
      at: minutesAfter(0),
    });
    await idempotently(app.database(), undefined, async (_, complete) => {
      await app.orders().add(placed, { correlationId: 'test' }, complete, { status: 201 });
      return { status: 201 };
    });
    const at = minutesAfter(1);
    const way = {
      pending: [],
      paid: [{ kind: 'record-capture', paymentId: newId(), at }],
      shipped: [
        { kind: 'record-capture', paymentId: newId(), at },
        { kind: 'ship', ...parcel, at },
      ],
      completed: [
        { kind: 'record-capture', paymentId: newId(), at },
        { kind: 'ship', ...parcel, at },
        { kind: 'complete', at },
      ],
      cancelled: [{ kind: 'cancel', reason: 'staff-decision', at }],
    } as const;
    for (const command of way[status])
      await app
        .orders()
        .change(placed.order.id, (order) => decide(order, command), { correlationId: 'test' }, nothingElse);
    return placed.order;
  }

  /** Sends a request to a route's function. */
  const ask = (name: keyof typeof handlers, route: Route, request: TestRequest = {}) =>
    send<Answer>(handlers[name], route, request);
  return { app, published, anOrder, ask };
}
