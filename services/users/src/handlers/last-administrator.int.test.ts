import { eventually } from '#shared/testing/eventually.ts';
import { aStaffMember, staffCalls } from '../../testing/staff.ts';
import { usersService } from '../../testing/users-service.ts';

const users = await usersService();
const staff = await staffCalls();
// An API key may act, so that the administrators of the test are no callers.
const caller = aStaffMember('admin');

/** Accounts with the role, in a shop without other administrators. */
async function administrators(count: number): Promise<string[]> {
  await users.server.transaction(async (transaction) => {
    await transaction.query("SET LOCAL session_replication_role = 'replica'");
    await transaction.query("DELETE FROM user_roles WHERE role = 'admin'");
  });
  const ids = await Promise.all(Array.from({ length: count }, async () => (await users.createAccount()).id));
  await users.database.query(
    "INSERT INTO user_roles (user_id, role, granted_at) SELECT unnest($1::uuid[]), 'admin', now()",
    [ids],
  );
  return ids;
}

const remaining = async () =>
  (
    await users.database.query(
      `SELECT FROM user_roles r JOIN users u ON u.id = r.user_id WHERE r.role = 'admin' AND u.disabled_at IS NULL`,
    )
  ).length;

const demote = (id: string) =>
  staff.changeRoles({
    params: { id },
    body: { roles: ['customer'] },
    caller,
    headers: { 'If-Match': '"1"' },
  });
const disable = (id: string) => staff.disableUser({ params: { id }, caller });
/** As erasing an account does, which deletes its row. */
const remove = async (id: string) => {
  const { refusalOf } = await import('../adapters/user-store.ts');
  try {
    await users.database.query('DELETE FROM users WHERE id = $1', [id]);
    return { status: 200, body: { code: undefined } };
  } catch (error) {
    return { status: 409, body: { code: refusalOf(error)?.code } };
  }
};
const ways = { demote, disable, remove };

describe('the last administrator', () => {
  test.each(Object.entries(ways))('cannot be taken away: %s', async (_, takeAway) => {
    const [first, second] = (await administrators(2)) as [string, string];
    expect((await takeAway(first)).status).toBe(200);
    const refusal = await takeAway(second);
    expect([refusal.status, refusal.body.code]).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect(await remaining()).toBe(1);
  });

  test('remains, whatever is requested at once and in whatever order', async () => {
    const all = Object.values(ways);
    for (let round = 0; round < 6; round += 1) {
      const ids = await administrators(12);
      const results = await Promise.all(ids.map((id, index) => all[(index + round) % all.length]!(id)));
      const codes = results.map(({ status, body }) => (status === 200 ? 'done' : body.code));
      expect(codes.filter((code) => code === 'done')).toHaveLength(11);
      expect(codes.filter((code) => code === 'LAST_ADMINISTRATOR')).toHaveLength(1);
      expect(await remaining()).toBe(1);
    }
  });

  test('waits for a change that has not been committed yet', async () => {
    const [first, second] = (await administrators(2)) as [string, string];
    let refusal: ReturnType<typeof demote> | undefined;
    await users.server.transaction(async (transaction) => {
      await transaction.query("DELETE FROM user_roles WHERE user_id = $1 AND role = 'admin'", [first]);
      refusal = disable(second);
      await eventually(async () => {
        const waiting = await users.database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()`,
        );
        if (waiting.length === 0) throw new Error('the second change does not wait');
      });
    });
    expect((await refusal)?.body.code).toBe('LAST_ADMINISTRATOR');
    expect(await remaining()).toBe(1);
  });

  test('who is disabled does not count', async () => {
    const [disabled, last] = (await administrators(2)) as [string, string];
    await disable(disabled);
    expect((await demote(last)).body.code).toBe('LAST_ADMINISTRATOR');
    expect((await staff.enableUser({ params: { id: disabled }, caller })).status).toBe(200);
    expect((await demote(last)).status).toBe(200);
  });

  test('does not protect other accounts', async () => {
    await administrators(1);
    const { id } = await users.createAccount();
    expect((await disable(id)).status).toBe(200);
    expect((await remove(id)).status).toBe(200);
  });
});
