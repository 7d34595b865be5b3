import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { newId } from '#shared/ids.ts';
import { exportFolder, exportingServices } from '#shared/privacy/data-export.ts';
import { type Export, privacyCalls } from '../../testing/privacy-calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const bucket = users.environment.USER_FILES_BUCKET;
const privacy = await privacyCalls(bucket);
const s3 = new S3Client({});
afterAll(() => s3.destroy());

async function anAccount() {
  const body = aRegistration();
  const account = await users.createAccount(body);
  return { ...account, password: body.password, caller: { userId: account.id } };
}
async function anExport() {
  const account = await anAccount();
  const { body } = await privacy.requestExport({ caller: account.caller });
  return { account, id: body.id };
}
type Given = Awaited<ReturnType<typeof anExport>>;
const others = exportingServices.filter((service) => service !== 'users');
const contributeAll = (id: string) =>
  Promise.all(others.map((service) => privacy.contribute(id, service, { from: service })));
const state = async ({ id, account }: Given): Promise<Export> =>
  (await privacy.getExport({ params: { id }, caller: account.caller })).body;
const filesOf = async (id: string) =>
  (await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: exportFolder(id) }))).Contents ?? [];
const passDeadline = ({ id }: Given) =>
  users.server.query(`UPDATE data_exports SET deadline = now() - interval '1 s' WHERE id = $1`, [id]);

describe('an export', () => {
  test('is accepted, announced, and lists who has not contributed', async () => {
    const account = await anAccount();
    const response = await privacy.requestExport({ caller: account.caller });
    expect(response).toMatchObject({ status: 202, body: { status: 'collecting', missing: others } });
    const { id } = response.body;
    expect(response.headers['location']).toBe(`/api/v1/users/me/export/${id}`);
    expect((await users.announced(account.id)).at(-1)).toMatchObject({
      type: 'DATA_EXPORT_REQUESTED',
      data: { exportId: id, userId: account.id },
    });
    await privacy.contribute(id, 'orders', {});
    const { missing } = await state({ id, account });
    expect(missing).toEqual(others.filter((service) => service !== 'orders'));
  });

  test('is the one being collected when it is requested again', async () => {
    const { account, id } = await anExport();
    const again = await privacy.requestExport({ caller: account.caller });
    expect(again.body.id).toBe(id);
  });

  test('is one document with the data of every service, behind a link', async () => {
    const given = await anExport();
    await contributeAll(given.id);
    await privacy.completeExports();
    const { status, missing, link } = await state(given);
    expect([status, missing]).toEqual(['complete', []]);
    const document = (await (await fetch(link?.url ?? '')).json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      userId: given.account.id,
      users: { account: { email: given.account.email, name: 'Ada Lovelace' }, roles: [{ role: 'customer' }] },
    });
    expect(others.map((service) => document[service])).toEqual(others.map((service) => ({ from: service })));
    expect(JSON.stringify(document)).not.toMatch(/argon2|password|hash/i);
    expect(await filesOf(given.id)).toHaveLength(1);
  });

  test('is not complete before all have contributed or the time is over', async () => {
    const given = await anExport();
    await privacy.contribute(given.id, 'orders', { orders: [] });
    await privacy.completeExports();
    expect(await state(given)).toMatchObject({ status: 'collecting' });
    await passDeadline(given);
    await privacy.completeExports();
    const { status, missing, link } = await state(given);
    expect([status, missing]).toEqual(['complete', others.filter((service) => service !== 'orders')]);
    expect(await (await fetch(link?.url ?? '')).json()).toMatchObject({ missing, orders: { orders: [] } });
  });

  test('is found by its owner only', async () => {
    const { id } = await anExport();
    const { caller } = await anAccount();
    for (const request of [
      { params: { id }, caller },
      { params: { id: newId() }, caller },
    ]) {
      const response = await privacy.getExport(request);
      expect([response.status, response.body.code]).toEqual([404, 'EXPORT_NOT_FOUND']);
    }
    expect((await privacy.getExport({ params: { id } })).status).toBe(401);
    expect((await privacy.getExport({ params: { id: 'x' }, caller })).status).toBe(400);
  });

  test('is deleted when it has expired', async () => {
    const given = await anExport();
    await contributeAll(given.id);
    await privacy.completeExports();
    await users.server.query(
      `UPDATE data_exports SET requested_at = now() - interval '8 d', expires_at = now() - interval '1 d' WHERE id = $1`,
      [given.id],
    );
    await privacy.completeExports();
    expect(await filesOf(given.id)).toEqual([]);
    expect((await state(given)).code).toBe('EXPORT_NOT_FOUND');
  });

  test('of an erased user is deleted, also a part that arrives later', async () => {
    const given = await anExport();
    const { caller, password: currentPassword } = given.account;
    await privacy.contribute(given.id, 'orders', {});
    await privacy.deleteMe({ caller, body: { currentPassword } });
    await privacy.completeExports();
    expect(await filesOf(given.id)).toEqual([]);
    await privacy.contribute(given.id, 'payments', {});
    await privacy.completeExports();
    expect(await filesOf(given.id)).toEqual([]);
  });
});

test('every table that refers to an account is in its export', async () => {
  const tables = await users.server.query<{ name: string }>(
    `SELECT conrelid::regclass::text AS name FROM pg_constraint
      WHERE contype = 'f' AND confrelid IN ('users'::regclass, 'address_books'::regclass)`,
  );
  expect(tables.length).toBeGreaterThan(4);
  // It has no data but its version; the addresses in it are exported.
  const without = ['address_books'];
  const source = readFileSync(join(import.meta.dirname, '../adapters/personal-data.ts'), 'utf8');
  for (const { name } of tables)
    if (!without.includes(name))
      expect([name, new RegExp(`\\b(FROM|JOIN) ${name}\\b`).test(source)]).toEqual([name, true]);
});
