import { randomUUID } from 'node:crypto';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import { usersService } from '../../testing/users-service.ts';

const users = await usersService();
const api = await import('../api.ts');
const handlers = {
  list: (await import('./list-addresses.ts')).handler,
  add: (await import('./add-address.ts')).handler,
  get: (await import('./get-address.ts')).handler,
  change: (await import('./change-address.ts')).handler,
  remove: (await import('./remove-address.ts')).handler,
};
type Address = Record<string, unknown> & { id: string; version: number; code?: string; items?: Address[] };
const call = {
  list: (request: TestRequest) => send<Address>(handlers.list, api.listAddressesRoute, request),
  add: (request: TestRequest) => send<Address>(handlers.add, api.addAddressRoute, request),
  get: (request: TestRequest) => send<Address>(handlers.get, api.getAddressRoute, request),
  change: (request: TestRequest) => send<Address>(handlers.change, api.changeAddressRoute, request),
  remove: (request: TestRequest) => send<Address>(handlers.remove, api.removeAddressRoute, request),
};

const berlin = {
  name: 'Ada Lovelace',
  line1: 'Torstr. 1',
  postalCode: '10119',
  city: 'Berlin',
  country: 'DE',
};
async function aCustomer() {
  const body = await users.createAccount();
  return { userId: body.id };
}
const version = (number: number) => ({ 'If-Match': `"${number}"` });
const itemsOf = async (caller: { userId: string }) => (await call.list({ caller })).body.items ?? [];

describe('an address book', () => {
  test('is empty at first', async () => {
    const response = await call.list({ caller: await aCustomer() });
    expect([response.status, response.body]).toEqual([200, { items: [] }]);
  });

  test('returns what was added, with what its country makes of it', async () => {
    const caller = await aCustomer();
    const body = { ...berlin, line2: '', region: null, phone: '030 901820', defaultBilling: null };
    const added = await call.add({ caller, body });
    const expected = {
      ...berlin,
      phone: '+4930901820',
      id: expect.any(String),
      defaultShipping: true,
      defaultBilling: true,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    };
    expect([added.status, added.body]).toEqual([201, expected]);
    expect(added.headers).toMatchObject({
      etag: '"1"',
      location: `/api/v1/users/me/addresses/${added.body.id}`,
    });
    const params = { addressId: added.body.id };
    expect((await call.get({ caller, params })).body).toEqual(added.body);
    expect(await itemsOf(caller)).toEqual([added.body]);
  });

  test('changes an address with its current version only, and the default with it', async () => {
    const caller = await aCustomer();
    const first = (await call.add({ caller, body: berlin })).body;
    const second = (await call.add({ caller, body: { ...berlin, line1: 'Torstr. 2' } })).body;
    const params = { addressId: second.id };
    const body = { ...berlin, line1: 'Torstr. 3', defaultShipping: true };
    const changed = await call.change({ caller, params, body, headers: version(1) });
    expect([changed.status, changed.headers['etag'], changed.body]).toMatchObject([
      200,
      '"2"',
      { line1: 'Torstr. 3', defaultShipping: true, defaultBilling: false },
    ]);
    const [other] = await itemsOf(caller);
    expect(other).toMatchObject({ id: first.id, version: 2, defaultShipping: false, defaultBilling: true });
    for (const [headers, status] of [
      [version(1), 412],
      [{}, 428],
    ] as const)
      for (const work of [call.change, call.remove])
        expect(
          (await work({ caller, params, body: work === call.change ? body : undefined, headers })).status,
        ).toBe(status);
    expect((await call.remove({ caller, params, headers: version(2) })).status).toBe(204);
    expect((await call.get({ caller, params })).body.code).toBe('ADDRESS_NOT_FOUND');
    expect(await itemsOf(caller)).toEqual([other]);
  });

  test('has at most fifty addresses, also when many are added at once', async () => {
    const caller = await aCustomer();
    const add = async () => {
      for (;;) {
        const { status, body } = await call.add({ caller, body: berlin });
        if (status !== 503) return body.code ?? 'added';
      }
    };
    const results: string[] = [];
    for (let round = 0; round < 12; round += 1)
      results.push(...(await Promise.all([1, 2, 3, 4, 5].map(add))));
    expect(results.filter((result) => result === 'added')).toHaveLength(50);
    expect(results.filter((result) => result === 'TOO_MANY_ADDRESSES')).toHaveLength(10);
    const items = await itemsOf(caller);
    expect([items.length, items.filter(({ defaultShipping }) => defaultShipping).length]).toEqual([50, 1]);
  });

  test('keeps one default of each kind when several become it at once', async () => {
    const caller = await aCustomer();
    const ids: string[] = [];
    for (const _ of [1, 2, 3, 4]) ids.push((await call.add({ caller, body: berlin })).body.id);
    const body = { ...berlin, line1: 'Torstr. 9', defaultShipping: true };
    await Promise.all(
      ids.map((addressId) => call.change({ caller, params: { addressId }, body, headers: version(1) })),
    );
    const items = await itemsOf(caller);
    expect(items.filter(({ defaultShipping }) => defaultShipping)).toHaveLength(1);
  });

  test('adds an address once per Idempotency-Key', async () => {
    const caller = await aCustomer();
    const request = { caller, body: berlin, headers: { 'Idempotency-Key': randomUUID() } };
    const [first, second] = [await call.add(request), await call.add(request)];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await call.add({ ...request, body: { ...berlin, city: 'Bonn' } })).status).toBe(422);
    expect(await itemsOf(caller)).toHaveLength(1);
  });

  test('repeats a change and a removal with the same key', async () => {
    const caller = await aCustomer();
    const params = { addressId: (await call.add({ caller, body: berlin })).body.id };
    const key = (number: number) => ({ ...version(number), 'Idempotency-Key': randomUUID() });
    const change = { caller, params, body: { ...berlin, city: 'Bonn' }, headers: key(1) };
    expect((await call.change(change)).body).toEqual((await call.change(change)).body);
    const removal = { caller, params, headers: key(2) };
    expect([(await call.remove(removal)).status, (await call.remove(removal)).status]).toEqual([204, 204]);
  });

  test('is closed to others: their ids are unknown', async () => {
    const owner = await aCustomer();
    const params = { addressId: (await call.add({ caller: owner, body: berlin })).body.id };
    const stranger = await aCustomer();
    const headers = version(1);
    for (const response of [
      await call.get({ caller: stranger, params }),
      await call.change({ caller: stranger, params, body: berlin, headers }),
      await call.remove({ caller: stranger, params, headers }),
    ])
      expect([response.status, response.body.code]).toEqual([404, 'ADDRESS_NOT_FOUND']);
    expect(await itemsOf(owner)).toHaveLength(1);
    expect(await itemsOf(stranger)).toEqual([]);
  });

  test.each([
    ['line1', { line1: undefined }],
    ['country', { country: 'UK' }],
    ['postalCode', { postalCode: 'ABC' }],
    ['city', { city: null }],
    ['phone', { phone: '12' }],
    ['defaultShipping', { defaultShipping: 'yes' }],
    ['label', { label: 'home' }],
  ])('names %s when it is wrong', async (field, over) => {
    const caller = await aCustomer();
    const response = await call.add({ caller, body: { ...berlin, ...over } });
    expect([400, 422]).toContain(response.status);
    expect(response.body['errors']).toEqual([{ field, message: expect.any(String) }]);
  });

  test('of an account that is gone is not found, and needs a caller', async () => {
    const caller = { userId: randomUUID() };
    expect((await call.list({ caller })).body.code).toBe('USER_NOT_FOUND');
    expect((await call.add({ caller, body: berlin })).body.code).toBe('USER_NOT_FOUND');
    expect((await call.list({})).status).toBe(401);
    expect((await call.get({ caller, params: { addressId: 'no-id' } })).status).toBe(400);
  });

  test('goes with its account', async () => {
    const caller = await aCustomer();
    await call.add({ caller, body: berlin });
    await users.database.query('DELETE FROM users WHERE id = $1', [caller.userId]);
    const rows = await users.database.query('SELECT FROM addresses WHERE user_id = $1', [caller.userId]);
    expect(rows).toEqual([]);
  });
});
