import { parseCode, rolesInSession } from './second-factor.ts';
import { acceptedStep, codeAt, enrolmentOf, recoveryCode } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

describe('a code', () => {
  // RFC 6238, appendix B (SHA-1), the last six digits.
  test.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
  ])('at %i s is %s', (seconds, code) => {
    const now = new Date(seconds * 1000);
    expect(codeAt(secret, now)).toBe(code);
    expect(acceptedStep(secret, code, now)).toBe(Math.floor(seconds / 30));
  });

  test('is accepted one step early or late, and belongs to its step', () => {
    const now = new Date(1111111110_000);
    const step = Math.floor(1111111110 / 30);
    for (const delta of [-1, 0, 1])
      expect(acceptedStep(secret, codeAt(secret, new Date(now.getTime() + delta * 30_000)), now)).toBe(
        step + delta,
      );
    for (const delta of [-2, 2])
      expect(
        acceptedStep(secret, codeAt(secret, new Date(now.getTime() + delta * 30_000)), now),
      ).toBeUndefined();
  });

  test.each(['', '28708', '2870820', 'abcdef'])('is not %j', (code) => {
    expect(acceptedStep(secret, code, new Date(59_000))).toBeUndefined();
  });
});

test('a device gets the secret and an address', () => {
  const { secret: text, uri } = enrolmentOf(secret, 'ada@example.com');
  expect(text).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(new URL(uri)).toMatchObject({
    protocol: 'otpauth:',
    host: 'totp',
    pathname: '/Shop:ada%40example.com',
  });
  expect(Object.fromEntries(new URL(uri).searchParams)).toMatchObject({
    secret: text,
    digits: '6',
    period: '30',
  });
});

test('a recovery code is read with or without groups, in either case', () => {
  const code = recoveryCode(Buffer.alloc(10, 7));
  expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
  const parsed = { kind: 'recovery', code: code.replaceAll('-', '') };
  expect(parseCode(code)).toEqual(parsed);
  expect(parseCode(` ${code.toLowerCase().replaceAll('-', ' ')}`)).toEqual(parsed);
  expect(parseCode('123 456')).toEqual({ kind: 'device', code: '123456' });
  expect(parseCode('２８７０８２').kind).toBe('recovery');
});

describe('a session without a second factor', () => {
  const at = new Date();
  test.each([
    ['has the roles that require none', ['support'], ['admin', 'finance'], undefined, ['support']],
    ['is a customer where a role requires one', ['admin', 'support'], ['admin'], undefined, ['customer']],
    ['has all roles where the stage requires none', ['admin'], [], undefined, ['admin']],
  ] as const)('%s', (_, held, required, secondFactorAt, expected) => {
    expect(rolesInSession(held, required, secondFactorAt)).toEqual(expected);
  });

  test('and one with it has all roles', () => {
    expect(rolesInSession(['admin'], ['admin'], at)).toEqual(['admin']);
  });
});
