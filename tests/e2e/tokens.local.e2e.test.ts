import { randomUUID } from 'node:crypto';
import { everyRoute, pathWith } from './support/routes.ts';
import { admin, visitor } from './support/shop.ts';
import { tokenLike } from './support/signed-token.ts';

/** A token of the admin's session. */
const aToken = async (expiresInSeconds: number) => tokenLike((await admin()).token, { expiresInSeconds });

const guarded = (await everyRoute()).filter(({ access }) => access !== 'public');

test('a valid token of this form is accepted', async () => {
  const { status } = await visitor().send('GET', '/api/v1/reports', { token: await aToken(60) });
  expect(status).toBe(200);
});

test.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s returns 401 for an expired token',
  async (_, route) => {
    const { status, headers, body } = await visitor().send(route.method, pathWith(route, randomUUID()), {
      token: await aToken(-1),
      ...(route.body ? { body: {} } : {}),
    });
    expect([status, body]).toEqual([401, expect.objectContaining({ code: 'UNAUTHENTICATED', status: 401 })]);
    expect(headers.get('content-type')).toContain('application/problem+json');
  },
);

test('a token that expires between two requests is refused by the second', async () => {
  const token = await aToken(2);
  const ask = () => visitor().send('GET', '/api/v1/reports', { token });
  expect((await ask()).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await ask()).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
});
