import { randomUUID } from 'node:crypto';
import { capturedLog } from '#shared/testing/captured-log.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

/** The limits of production, but fewer failures per network and refreshes per account, which take long to reach. */
const users = await usersService({ RATE_LIMITS: 'wrong-password-network=40/21600,refresh-account=3/300' });
const { refresh } = await furtherCalls();
await users.rotateKeys({ onlyIfMissing: true });

/** A client address in a network that no other test uses. */
let networks = 0;
const aClient = () => {
  networks += 1;
  return `10.0.${networks}.1`;
};
const wrong = 'not the password';
const inTurn = async <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await work(index));
  return results;
};
const statuses = (responses: { status: number }[]) => responses.map(({ status }) => status);

async function anAccount() {
  const body = aRegistration();
  await users.createAccount(body);
  return { email: body.email, password: body.password };
}

describe('password spraying', () => {
  const spray = (address: string) => users.login({ email: aRegistration().email, password: wrong }, address);

  test('from one client is limited: of 130 attempts on 130 addresses at once, 30 are checked', async () => {
    const address = aClient();
    const responses = await Promise.all(Array.from({ length: 130 }, () => spray(address)));
    const checked = responses.filter(({ status }) => status === 401).length;
    // One more on a machine so slow that the first delay, of two seconds, ends meanwhile.
    expect(checked === 30 || checked === 31).toBe(true);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(130 - checked);
    const next = await users.login({ email: aRegistration().email, password: wrong }, address);
    expect([next.status, Number(next.headers['retry-after']) > 0]).toEqual([429, true]);
  });

  test('delays each further failure twice as long', async () => {
    const address = aClient();
    await inTurn(30, () => spray(address));
    const delays: number[] = [];
    for (let failure = 0; failure < 3; failure += 1) {
      const refused = await spray(address);
      delays.push(Number(refused.headers['retry-after']));
      expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_SIGN_INS']);
      await users.database.query(
        `UPDATE failed_attempts SET blocked_until = now() WHERE blocked_until > now()`,
      );
      expect((await spray(address)).status).toBe(401);
    }
    expect(delays).toEqual([2, 4, 8]);
  });

  test('from several addresses of a network is limited together', async () => {
    const network = aClient().replace(/1$/, '');
    const first = statuses(await inTurn(40, (index) => spray(`${network}${index % 4}`)));
    expect(new Set(first)).toEqual(new Set([401]));
    expect((await spray(`${network}9`)).status).toBe(429);
    expect((await spray(aClient())).status).toBe(401);
  });

  test('counts no right password', async () => {
    const address = aClient();
    const account = await anAccount();
    expect(new Set(statuses(await inTurn(32, () => users.login(account, address))))).toEqual(new Set([200]));
  });
});

describe('requests', () => {
  test('to sign in are limited by client: the 101st is refused, with the right password too', async () => {
    const [address, account] = [aClient(), await anAccount()];
    await users.login(account, address);
    await users.database.query('UPDATE request_limits SET used = 100 WHERE used = 1');
    const refused = await users.login(account, address);
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect((await users.login(account, aClient())).status).toBe(200);
  });

  test('to register are limited by client and by address', async () => {
    const address = aClient();
    const body = aRegistration();
    const bySameClient = await inTurn(21, () => users.register({ body: aRegistration(), address }));
    expect(statuses(bySameClient).indexOf(429)).toBe(20);
    const byOthers = await inTurn(6, () => users.register({ body, address: aClient() }));
    expect(statuses(byOthers).indexOf(429)).toBe(5);
  });

  test('to refresh are limited by account, and a token that was refused is not used', async () => {
    const session = await users.login(await anAccount(), aClient());
    let token = session.body.refreshToken;
    for (const _ of [1, 2, 3]) token = (await refresh(token, aClient())).body.refreshToken;
    const refused = await refresh(token, aClient());
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    await users.database.query('DELETE FROM request_limits');
    expect((await refresh(token, aClient())).status).toBe(200);
  });

  test('of all addresses of an IPv6 network of 64 bits are one client', async () => {
    const account = await anAccount();
    const remaining = async (address: string) =>
      (await users.login(account, address)).headers['ratelimit']?.split(', ')[0];
    expect(await remaining('2001:db8:1:2::1')).toMatch(/^"login-client";r=99;t=\d+$/);
    expect(await remaining('2001:db8:1:2:ffff::9')).toMatch(/^"login-client";r=98;t=\d+$/);
    expect(await remaining('2001:db8:1:3::1')).toMatch(/^"login-client";r=99;t=\d+$/);
  });

  test('have their limits in the response, whatever its status', async () => {
    const account = await anAccount();
    const responses = [
      await users.login(account, aClient()),
      await users.login({ ...account, password: wrong }, aClient()),
      await users.login({ email: 7 }, aClient()),
    ];
    expect(statuses(responses)).toEqual([200, 401, 400]);
    for (const { headers } of responses) {
      expect(headers['ratelimit-policy']).toContain('"login-client";q=100;w=300, ');
      expect(headers['ratelimit-policy']).toContain('"wrong-password-account";q=10;w=900');
      expect(headers['access-control-expose-headers']).toContain('RateLimit,RateLimit-Policy,Retry-After');
    }
    expect(responses[1]?.headers['ratelimit']).toMatch(/^"login-client";r=99;t=300$/);
  });

  test('that are refused name the limit, and the same time as Retry-After', async () => {
    const account = await anAccount();
    await inTurn(10, () => users.login({ ...account, password: wrong }, aClient()));
    const { status, headers } = await users.login(account, aClient());
    expect(status).toBe(429);
    expect(headers['ratelimit']).toContain(`"wrong-password-account";r=0;t=${headers['retry-after']}`);
  });
});

describe('a known device', () => {
  const strangersFail = (email: string) =>
    inTurn(10, () => users.login({ email, password: wrong }, aClient()));

  test('gets in while strangers have used up the attempts of the account, and others do not', async () => {
    const account = await anAccount();
    const { deviceToken } = (await users.login(account, aClient())).body;
    await strangersFail(account.email);
    expect((await users.login(account, aClient())).status).toBe(429);
    const known = await users.login({ ...account, deviceToken }, aClient());
    expect([known.status, known.body.deviceToken]).toEqual([200, deviceToken]);
  });

  test('gets in from a client address that is blocked for spraying', async () => {
    const account = await anAccount();
    const { deviceToken } = (await users.login(account, aClient())).body;
    const address = aClient();
    await inTurn(30, () => users.login({ email: aRegistration().email, password: wrong }, address));
    expect((await users.login(account, address)).status).toBe(429);
    expect((await users.login({ ...account, deviceToken }, address)).status).toBe(200);
  });

  test('has ten attempts of its own, which are not those of the account', async () => {
    const account = await anAccount();
    const { deviceToken } = (await users.login(account, aClient())).body;
    const guesses = await inTurn(11, () =>
      users.login({ ...account, deviceToken, password: wrong }, aClient()),
    );
    expect(statuses(guesses)).toEqual([...Array(10).fill(401), 429]);
    expect((await users.login({ ...account, deviceToken }, aClient())).status).toBe(429);
    expect((await users.login(account, aClient())).status).toBe(200);
  });

  test.each([
    [
      'of another account',
      async (_: string) => (await users.login(await anAccount(), aClient())).body.deviceToken,
    ],
    ['that never was', async (_: string) => randomUUID()],
    [
      'from before what ended all sessions',
      async (token: string) => {
        await users.database.query('UPDATE users SET session_generation = session_generation + 1');
        return token;
      },
    ],
    [
      'that has expired',
      async (token: string) => {
        await users.database.query(`UPDATE known_devices SET expires_at = now() - interval '1 s'`);
        return token;
      },
    ],
  ])('is none with a token %s', async (_, tokenFrom) => {
    const account = await anAccount();
    const deviceToken = await tokenFrom((await users.login(account, aClient())).body.deviceToken);
    await strangersFail(account.email);
    expect((await users.login({ ...account, deviceToken }, aClient())).status).toBe(429);
  });

  test.each([[''], [null]])('is none with the token %j, and gets one', async (deviceToken) => {
    const response = await users.login({ ...(await anAccount()), deviceToken }, aClient());
    expect([response.status, response.body.deviceToken.length]).toEqual([200, 43]);
  });

  test('is forgotten when twenty others have signed in since, and is stored as a hash', async () => {
    const account = await anAccount();
    const tokens = await inTurn(21, async () => (await users.login(account, aClient())).body.deviceToken);
    const again = async (deviceToken: string) =>
      (await users.login({ ...account, deviceToken }, aClient())).body.deviceToken;
    expect(await again(tokens[20]!)).toBe(tokens[20]);
    expect(await again(tokens[0]!)).not.toBe(tokens[0]);
    const stored = JSON.stringify(await users.database.query('SELECT * FROM known_devices'));
    expect([stored.length > 0, stored.includes(tokens[20]!)]).toEqual([true, false]);
  });
});

test('a failed sign-in is logged with its client address and a hash of the e-mail address', async () => {
  const { email } = await anAccount();
  const address = aClient();
  const log = await capturedLog(async () => {
    await inTurn(10, () => users.login({ email, password: wrong }, address));
    await users.login({ email, password: wrong }, address);
  });
  const entries = log
    .split('\n')
    .filter((line) => line.includes('password check failed'))
    .map((line) => JSON.parse(line) as Record<string, string>);
  const emailHash = expect.stringMatching(/^[0-9a-f]{16}$/);
  expect(entries).toHaveLength(11);
  expect(entries[0]).toMatchObject({
    emailHash,
    clientAddress: address,
    reason: 'wrong-password',
    level: 'WARN',
  });
  expect(entries[10]).toMatchObject({ clientAddress: address, reason: 'wrong-password-account' });
  expect(new Set(entries.map((entry) => entry['emailHash'])).size).toBe(1);
  expect(log).not.toContain(email);
});
