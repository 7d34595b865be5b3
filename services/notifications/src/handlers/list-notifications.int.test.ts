import {
  aCustomer,
  notificationsService,
  paid,
  registered,
  shipped,
} from '../../testing/notifications-service.ts';

const notifications = await notificationsService();

async function aCustomerWithMails() {
  const customer = aCustomer();
  const events = [registered(customer), paid(customer), shipped(customer)].map((event, index) => ({
    ...event,
    time: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
  }));
  for (const event of events) await notifications.deliver(event as never);
  return { customer, caller: { userId: customer.userId } };
}

describe('a user’s notifications', () => {
  test('are listed newest first, without any address', async () => {
    const { caller, customer } = await aCustomerWithMails();
    const { status, body } = await notifications.list({ caller });
    expect([status, body.items.map(({ template }) => template)]).toEqual([
      200,
      ['order-shipped', 'order-paid', 'welcome'],
    ]);
    expect(body.items[1]).toEqual({
      id: expect.any(String),
      template: 'order-paid',
      subject: 'Your order 2026-000042',
      orderId: expect.any(String),
      occurredAt: '2026-01-02T00:00:00.000Z',
      status: 'sent',
      sentAt: expect.any(String),
    });
    expect(JSON.stringify(body)).not.toContain(customer.email);
  });

  test('come page by page', async () => {
    const { caller } = await aCustomerWithMails();
    const first = (await notifications.list({ caller, query: { limit: '2' } })).body;
    const second = (await notifications.list({ caller, query: { limit: '2', cursor: first.nextCursor! } }))
      .body;
    expect([...first.items, ...second.items].map(({ template }) => template)).toEqual([
      'order-shipped',
      'order-paid',
      'welcome',
    ]);
    expect(second.nextCursor).toBeUndefined();
  });

  test('are refused a real cursor of another user', async () => {
    const [mine, other] = [await aCustomerWithMails(), await aCustomerWithMails()];
    const { nextCursor } = (await notifications.list({ caller: other.caller, query: { limit: '1' } })).body;
    const { status, body } = await notifications.list({
      caller: mine.caller,
      query: { limit: '1', cursor: nextCursor! },
    });
    expect([status, body.errors?.map(({ field }) => field)]).toEqual([400, ['cursor']]);
  });

  test('are not shown to another user', async () => {
    await aCustomerWithMails();
    const { body } = await notifications.list({ caller: { userId: aCustomer().userId } });
    expect(body.items).toEqual([]);
  });

  test.each([
    ['of another user', (list: string) => `["${list.slice(0, -4)}0000","MESSAGE#"]`],
    ['without a list', () => '"MESSAGE#"'],
    ['that is neither a list nor valid text', () => '"MESSAGE#\\ud800"'],
    ['with a position that is not valid text', (list: string) => `["${list}","MESSAGE#\\ud800"]`],
    ['with a position that is not a message', (list: string) => `["${list}","CONTACT"]`],
  ])('are refused a cursor %s', async (_, forged) => {
    const { caller } = await aCustomerWithMails();
    const cursor = Buffer.from(forged(`notifications ${caller.userId}`)).toString('base64url');
    const { status, body } = await notifications.list({ caller, query: { cursor } });
    expect([status, body.code, body.errors]).toEqual([
      400,
      'INVALID_REQUEST',
      [{ field: 'cursor', message: 'is not one that this list returned' }],
    ]);
  });

  test('require a signed-in caller with the permission', async () => {
    expect((await notifications.list({})).status).toBe(401);
    expect((await notifications.list({ caller: { userId: aCustomer().userId, roles: [] } })).status).toBe(
      403,
    );
  });

  test.each([
    ['limit', { limit: '0' }],
    ['limit', { limit: 'many' }],
    ['limit', { limit: ['1', '2'] }],
    ['cursor', { cursor: 'made-up' }],
    ['page', { page: '2' }],
  ])('are refused with a wrong %s, naming it', async (field, query) => {
    const { caller } = await aCustomerWithMails();
    const { status, body } = await notifications.list({ caller, query: query as never });
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});

test('health reports that the table responds', async () => {
  expect(await notifications.health()).toMatchObject({
    status: 200,
    body: { status: 'ok', service: 'notifications', checks: { table: 'ok' } },
  });
});
