import { decodeProtectedHeader } from 'jose';
import { readSecret } from '#shared/secrets.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, type RotationOptions, usersService } from '../../testing/users-service.ts';
import { type KeyRing, publishAheadMs, type SigningKeys } from '../domain/key-ring.ts';

const users = await usersService();
const { authorize, getJwks } = await furtherCalls();
const app = await import('../app.ts');

async function rotate(options?: RotationOptions) {
  const rotation = await users.rotateKeys(options);
  if (!rotation.ok) throw new Error('a rotation is never refused');
  return rotation.response;
}
const first = await rotate();

const { email, password } = aRegistration();
const account = await users.createAccount({ email, password });
/** The only key, which signs: tests run in any order. */
const anOnlyKey = () => rotate({ revokeOthers: true });
const signIn = async () => (await users.login({ email, password })).body.accessToken;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const published = async () => (await getJwks()).body.keys.map(({ kid }) => kid);
const read = async <Keys>(id: string) => JSON.parse((await readSecret(id, { fresh: true }))!) as Keys;
const signedAt = (at: Date) => app.issueAccessToken()(account.id, account.id, at);
const allowed = (token: string) =>
  authorize(`Bearer ${token}`).then(
    () => true,
    () => false,
  );

test('the first key signs at once', async () => {
  expect(first).toMatchObject({ created: true, verifying: [first.keyId] });
  expect(Date.parse(first.signsFrom)).toBeLessThanOrEqual(Date.now());
});

test('a key is not created if one signs and only a missing one is asked for', async () => {
  const { keyId } = await anOnlyKey();
  expect(await rotate({ onlyIfMissing: true })).toMatchObject({ created: false, keyId });
});

test('a further key is published at once and signs an hour later; until then no other is created', async () => {
  const current = await anOnlyKey();
  const next = await rotate();
  const wait = Date.parse(next.signsFrom) - Date.now();
  expect([next.created, Math.round(wait / 1000)]).toEqual([true, publishAheadMs / 1000]);
  expect(await published()).toEqual([next.keyId, current.keyId]);
  const token = await signIn();
  expect([kidOf(token), await allowed(token)]).toEqual([current.keyId, true]);
  expect(await rotate()).toMatchObject({ created: false, keyId: next.keyId, signsFrom: next.signsFrom });
  expect(kidOf(await signedAt(new Date(Date.parse(next.signsFrom) - 1)))).toBe(current.keyId);
  expect(kidOf(await signedAt(new Date(next.signsFrom)))).toBe(next.keyId);
});

test('a key that replaces all others signs at once, and tokens of the others are refused', async () => {
  const token = await signIn();
  const only = await rotate({ revokeOthers: true });
  expect([only.created, await published()]).toEqual([true, [only.keyId]]);
  expect(await allowed(token)).toBe(false);
  const afresh = await signIn();
  expect([kidOf(afresh), await allowed(afresh)]).toEqual([only.keyId, true]);
});

test('concurrent rotations create one key, whose parts match', async () => {
  await anOnlyKey();
  const rotations = await Promise.all(Array.from({ length: 6 }, () => rotate()));
  expect(rotations.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(rotations.map(({ keyId }) => keyId)).size).toBe(1);
  const signing = await read<SigningKeys>(users.environment.SIGNING_KEYS_SECRET_ID);
  const ring = await read<KeyRing>(users.environment.PUBLIC_KEYS_SECRET_ID);
  expect(signing.keys.map(({ kid, signsFrom }) => [kid, signsFrom])).toEqual(
    ring.keys.map(({ jwk, signsFrom }) => [jwk.kid, signsFrom]),
  );
});

test('a rotation that failed between the two secrets is repeated by the next', async () => {
  const { SIGNING_KEYS_SECRET_ID, PUBLIC_KEYS_SECRET_ID } = users.environment;
  await anOnlyKey();
  const { writeSecret } = await import('#shared/secrets.ts');
  const before = (await readSecret(SIGNING_KEYS_SECRET_ID, { fresh: true }))!;
  const lost = await rotate();
  await writeSecret(SIGNING_KEYS_SECRET_ID, before);
  const next = await rotate();
  expect([next.created, next.keyId === lost.keyId]).toEqual([true, false]);
  const signing = await read<SigningKeys>(SIGNING_KEYS_SECRET_ID);
  const ring = await read<KeyRing>(PUBLIC_KEYS_SECRET_ID);
  expect(ring.keys.map(({ jwk }) => jwk.kid)).toEqual(
    expect.arrayContaining(signing.keys.map(({ kid }) => kid)),
  );
});

test('the key set shows no private part and may be cached for five minutes', async () => {
  const { status, headers, body } = await getJwks();
  expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=300']);
  for (const jwk of body.keys)
    expect(Object.keys(jwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});
