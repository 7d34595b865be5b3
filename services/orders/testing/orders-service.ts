import type { Role } from '#shared/auth/permissions.ts';
import type { Route } from '#shared/http/route.ts';
import { newId } from '#shared/ids.ts';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import { decideOrder } from '../src/domain/decide.ts';
import type { Order, OrderStatus } from '../src/domain/order.ts';
import { aPlacedOrder, minutesAfter } from './builders.ts';
import { ordersEnvironment } from './environment.ts';

/** A caller with a role. */
export const as = (role: Role, userId = newId()) => ({ userId, roles: [role] });
/** Two customers and two members of staff. */
export const [ada, eve, support, admin] = [as('customer'), as('customer'), as('support'), as('admin')];
/** The shipment of a shipped order. */
export const parcel = { carrier: 'DHL', trackingNumber: 'T1' };

type ResponseBody = Record<string, unknown> & { items: { id: string }[]; errors?: { field: string }[] };
/** A response's status, and its error code or the state of its order. */
export const codeOf = ({ status, body }: { status: number; body: ResponseBody }) => [
  status,
  body['code'] ?? body['status'],
];

/** The orders service on stores of its own: call it at the top of a file. */
export async function ordersService() {
  const { published, bucket } = await ordersEnvironment();
  const app = await import('../src/app.ts');
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
  async function anOrder(status: OrderStatus = 'pending', userId = ada.userId): Promise<Order> {
    const cause = { correlationId: 'test' };
    const order = await app.orders().create(aPlacedOrder(userId), { cause });
    const at = minutesAfter(1);
    const capture = { kind: 'record-capture', paymentId: newId() } as const;
    const ship = { kind: 'ship', ...parcel } as const;
    const commands = {
      pending: [],
      paid: [capture],
      shipped: [capture, ship],
      completed: [capture, ship, { kind: 'complete' }],
      cancelled: [{ kind: 'cancel', reason: 'staff-decision' }],
    } as const;
    for (const command of commands[status])
      await app
        .orders()
        .change(order.id, (current) => decideOrder(current, { ...command, at, eventId: newId() }), { cause });
    return order;
  }

  /** Sends a request to a route's function. */
  const ask = (name: keyof typeof handlers, route: Route, request: TestRequest = {}) =>
    send<ResponseBody>(handlers[name], route, request);
  return { app, published, bucket, anOrder, ask };
}
