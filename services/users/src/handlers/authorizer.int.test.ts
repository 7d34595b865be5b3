import { type CryptoKey, decodeJwt, generateKeyPair, importJWK, SignJWT } from 'jose';
import { accessToken } from '#shared/auth/access-token.ts';
import { permissionsOf } from '#shared/auth/permissions.ts';
import { newId } from '#shared/ids.ts';
import { readSecret } from '#shared/secrets.ts';
import { furtherCalls, methodArn } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';
import { signingAt } from '../domain/key-ring.ts';

const users = await usersService();
const { authorize, getJwks } = await furtherCalls();
await users.rotateKeys();

async function aSignedInCustomer() {
  const body = aRegistration();
  const account = await users.createAccount(body);
  const tokens = (await users.login({ email: body.email, password: body.password })).body;
  return { account, accessToken: tokens.accessToken };
}

const { account: owner, accessToken: ownToken } = await aSignedInCustomer();
const own = { sid: decodeJwt(ownToken)['sid'] };

/** A token of the owner's session, but for what is said; signed by the real key unless another is given. */
async function aToken(over: {
  key?: CryptoKey;
  alg?: string;
  kid?: string;
  claims?: Record<string, unknown>;
  subject?: string;
  issuer?: string;
  audience?: string;
  expiresInSeconds?: number;
}): Promise<string> {
  const secret = await readSecret(users.environment.SIGNING_KEYS_SECRET_ID, { fresh: true });
  const { kid, privateKey } = signingAt(JSON.parse(secret ?? '{}'), new Date())!;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(over.claims ?? own)
    .setProtectedHeader({ alg: over.alg ?? 'ES256', kid: over.kid ?? kid })
    .setSubject(over.subject ?? owner.id)
    .setIssuer(over.issuer ?? accessToken.issuer)
    .setAudience(over.audience ?? accessToken.audience)
    .setIssuedAt(now)
    .setExpirationTime(now + (over.expiresInSeconds ?? 900))
    .sign(over.key ?? ((await importJWK(privateKey, 'ES256')) as CryptoKey));
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the authorizer', () => {
  test('allows a signed-in customer the whole stage and passes its identity', async () => {
    const { account, accessToken: token } = await aSignedInCustomer();
    const result = await authorize(`Bearer ${token}`);
    expect(result.policyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: 'arn:aws:execute-api:eu-west-1:000000000000:abc123/dev/*',
      },
    ]);
    expect(methodArn.startsWith('arn:aws:execute-api:eu-west-1:000000000000:abc123/dev/')).toBe(true);
    expect(result.context).toEqual({
      userId: account.id,
      permissions: [...permissionsOf(['customer'])].join(','),
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expiresAt: expect.stringMatching(/^\d{10}$/),
    });
  });

  test('accepts a token of this form', async () => {
    await expect(authorize(`Bearer ${await aToken({})}`)).resolves.toMatchObject({ principalId: owner.id });
  });

  const otherKey = generateKeyPair('ES256');

  test.each<[string, () => Promise<string | undefined>]>([
    ['no header', async () => undefined],
    ['another scheme', async () => 'Basic YTpi'],
    ['no token', async () => 'Bearer '],
    ['something else than a token', async () => 'Bearer abc'],
    ['an expired token', async () => `Bearer ${await aToken({ expiresInSeconds: -1 })}`],
    ['a token of another issuer', async () => `Bearer ${await aToken({ issuer: 'another' })}`],
    ['a token for another audience', async () => `Bearer ${await aToken({ audience: 'something' })}`],
    ['a token without a session', async () => `Bearer ${await aToken({ claims: {} })}`],
    ['a token of another account', async () => `Bearer ${await aToken({ subject: newId() })}`],
    ['a token of an unknown session', async () => `Bearer ${await aToken({ claims: { sid: newId() } })}`],
    [
      'a token that another key signed under the name of ours',
      async () => `Bearer ${await aToken({ key: (await otherKey).privateKey })}`,
    ],
    ['a token of an unknown key', async () => `Bearer ${await aToken({ kid: 'unknown' })}`],
    [
      'a token whose account was changed',
      async () => {
        const [head, payload, signature] = (await aToken({})).split('.');
        const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
        return `Bearer ${head}.${encoded({ ...claims, sub: newId() })}.${signature}`;
      },
    ],
    [
      'a token without a signature',
      async () => {
        const [, payload] = (await aToken({})).split('.');
        return `Bearer ${encoded({ alg: 'none' })}.${payload}.`;
      },
    ],
    [
      'a token signed with the public key as if it were a shared secret',
      async () => {
        const [publicKey] = (await getJwks()).body.keys;
        const secret = new TextEncoder().encode(JSON.stringify(publicKey));
        const token = await new SignJWT(own)
          .setProtectedHeader({ alg: 'HS256', kid: publicKey!['kid']! })
          .setSubject(owner.id)
          .setIssuer(accessToken.issuer)
          .setAudience(accessToken.audience)
          .setExpirationTime('15m')
          .sign(secret);
        return `Bearer ${token}`;
      },
    ],
  ])('rejects %s with the message that API Gateway maps to 401', async (_, authorization) => {
    await expect(authorization().then(authorize)).rejects.toThrow(/^Unauthorized$/);
  });
});
