import { ProductActionRecorded, UserActionRecorded } from '../events/actions.ts';
import type { Cause } from '../events/event.ts';
import { toEntries } from '../outbox/entry.ts';
import { recordedAction, withRecord } from './recorded-action.ts';

const recorded = {
  definition: ProductActionRecorded,
  target: ({ id }: { id: string }) => ({ kind: 'product', id }),
};
const state = { id: 'p-1' };
const request = { action: 'change-product', clientAddress: '192.0.2.7' };
const causeOf = (kind: 'customer' | 'staff' | 'api-key' | 'operator'): Cause => ({
  correlationId: 'c-1',
  actor: { kind, id: 'u-1' },
  request,
});

describe('a change', () => {
  test.each(['staff', 'api-key', 'operator'] as const)(
    'by %s is recorded with actor, target and origin',
    (kind) => {
      const [entry, ...others] = toEntries(withRecord([], state, recorded, causeOf(kind)), causeOf(kind));
      expect(others).toEqual([]);
      expect(entry).toMatchObject({ destination: 'product-events.fifo', type: 'PRODUCT_ACTION_RECORDED' });
      expect(JSON.parse(entry!.message)).toMatchObject({
        actor: { kind, id: 'u-1' },
        correlationId: 'c-1',
        data: {
          action: 'change-product',
          target: { kind: 'product', id: 'p-1' },
          clientAddress: '192.0.2.7',
        },
      });
    },
  );

  test.each<[string, Cause]>([
    ['by a customer', causeOf('customer')],
    ['by nobody', { correlationId: 'c-1', request }],
    ['that follows from an event', { correlationId: 'c-1', actor: { kind: 'staff', id: 'u-1' } }],
  ])('%s is not recorded', (_, cause) => {
    expect(withRecord([], state, recorded, cause)).toEqual([]);
  });

  test('that records an action itself is recorded once', () => {
    const own = recordedAction(
      UserActionRecorded,
      { action: 'password-changed', target: { kind: 'account', id: 'u-1' } },
      { at: new Date() },
    );
    expect(withRecord([own], state, recorded, causeOf('staff'))).toEqual([own]);
  });
});

test('the address of a client is in no other event', () => {
  const event = {
    ...recordedAction(
      UserActionRecorded,
      { action: 'a', target: { kind: 'account', id: 'u-1' } },
      { at: new Date() },
    ),
    definition: { ...UserActionRecorded, data: UserActionRecorded.data.extend({}) },
  };
  expect(toEntries([event], causeOf('staff'))[0]?.message).not.toContain('192.0.2.7');
});
