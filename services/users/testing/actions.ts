import { OrderActionRecorded } from '#shared/events/actions.ts';
import type { EventEnvelope } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { sqsEvent } from '#shared/testing/queue.ts';

/** An employee cancelled an order, as the orders service reports it. */
export const aRecordedAction = (
  over: { action?: string; orderId?: string; actorId?: string } = {},
): EventEnvelope => {
  const { action = 'cancel-order', orderId = newId(), actorId = newId() } = over;
  const target = { kind: 'order', id: orderId };
  const event = anEvent(OrderActionRecorded, { action, target, clientAddress: '192.0.2.7' });
  return { ...event, actor: { kind: 'staff', id: actorId } };
};

/** The functions of the audit log, loaded after `usersService()` has set the environment. */
export async function auditCalls() {
  const api = await import('../src/api.ts');
  const { handler: onActionRecorded } = await import('../src/handlers/on-action-recorded.ts');
  const { handler: list } = await import('../src/handlers/list-audit.ts');
  const { handler: verify } = await import('../src/handlers/verify-audit.ts');
  return {
    /** Delivers events in one batch; returns how many failed. */
    deliver: async (...events: unknown[]) =>
      (await onActionRecorded(sqsEvent(...events), lambdaContext())).batchItemFailures.length,
    list: (request: TestRequest) => send<AuditPage>(list, api.listAuditRoute, request),
    verify: (request: object = {}) => verify(request, lambdaContext()),
  };
}

/** A page of the audit log as the API returns it. */
export type AuditPage = {
  items: {
    number: number;
    action: string;
    target: { kind: string; id: string };
    actor?: { kind: string; id: string };
  }[];
  nextCursor?: string;
  code?: string;
  errors?: { field: string }[];
};
