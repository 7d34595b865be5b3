import { newId } from '#shared/ids.ts';
import { privacyCalls } from '../../testing/privacy-calls.ts';
import { usersService } from '../../testing/users-service.ts';

const users = await usersService();
const privacy = await privacyCalls(users.environment.USER_FILES_BUCKET);

async function anAccount() {
  const account = await users.createAccount();
  return { ...account, caller: { userId: account.id } };
}
const yes = { granted: true, wording: '2026-11' };

describe('consents', () => {
  test('are not granted until the customer grants them', async () => {
    const { caller } = await anAccount();
    expect((await privacy.listConsents({ caller })).body.items).toEqual([
      { purpose: 'newsletter', granted: false },
      { purpose: 'analytics', granted: false },
    ]);
  });

  test('have a time and a wording, and are announced', async () => {
    const { id, caller } = await anAccount();
    const response = await privacy.setConsent({ params: { purpose: 'newsletter' }, caller, body: yes });
    expect(response).toMatchObject({ status: 200, body: { purpose: 'newsletter', ...yes } });
    const { items } = (await privacy.listConsents({ caller })).body;
    expect(items[0]).toEqual({ purpose: 'newsletter', ...yes, changedAt: expect.stringMatching(/Z$/) });
    expect((await users.announced(id)).at(-1)).toMatchObject({
      type: 'CONSENT_CHANGED',
      sequence: 3,
      data: { userId: id, purpose: 'newsletter', ...yes },
    });
  });

  test('keep their history, and are announced once when repeated', async () => {
    const { id, caller } = await anAccount();
    for (const body of [yes, yes, { ...yes, granted: false }, { ...yes, granted: false }])
      await privacy.setConsent({ params: { purpose: 'analytics' }, caller, body });
    const rows = await users.server.query<{ granted: boolean }>(
      'SELECT granted FROM consents WHERE user_id = $1 ORDER BY changed_at',
      [id],
    );
    expect(rows.map(({ granted }) => granted)).toEqual([true, false]);
    const types = (await users.announced(id)).map(({ type }) => type);
    expect(types).toEqual(['USER_REGISTERED', 'EMAIL_VERIFIED', 'CONSENT_CHANGED', 'CONSENT_CHANGED']);
  });

  test.each([
    ['spying', yes],
    ['newsletter', { granted: 'yes', wording: '1' }],
    ['newsletter', { granted: true }],
    ['newsletter', { granted: true, wording: 'no spaces' }],
    ['newsletter', { granted: true, wording: '' }],
  ])('are refused for %s with %j', async (purpose, body) => {
    const { caller } = await anAccount();
    const response = await privacy.setConsent({ params: { purpose }, caller, body });
    expect([response.status, response.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  test('need an account', async () => {
    const caller = { userId: newId() };
    expect((await privacy.listConsents({ caller })).body.code).toBe('USER_NOT_FOUND');
    const request = { params: { purpose: 'analytics' }, body: yes };
    expect((await privacy.setConsent({ ...request, caller })).body.code).toBe('USER_NOT_FOUND');
    expect((await privacy.setConsent(request)).status).toBe(401);
  });
});
