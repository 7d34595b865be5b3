import { decideToken, graceMs, type RefreshToken, refreshLifetimeMs, tokenExpiry } from './session.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const earlier = new Date('2026-02-01T00:00:00.000Z');
const aToken = (over: Partial<RefreshToken> = {}): RefreshToken => ({
  expiresAt: new Date('2026-03-02T00:00:00.000Z'),
  usedAt: null,
  sessionEnded: false,
  ...over,
});

describe('a refresh token', () => {
  test('that is presented for the first time is exchanged', () => {
    expect(decideToken(aToken(), now)).toBe('rotate');
  });

  test('that is presented twice ends its session, even after it expired', () => {
    expect(decideToken(aToken({ usedAt: earlier }), now)).toBe('end-session');
    expect(decideToken(aToken({ usedAt: earlier, expiresAt: earlier }), now)).toBe('end-session');
  });

  test('that is presented again within the grace period returns its successor', () => {
    const usedAt = new Date(now.getTime() - graceMs);
    expect(decideToken(aToken({ usedAt }), now)).toBe('repeat');
    expect(decideToken(aToken({ usedAt: new Date(usedAt.getTime() - 1) }), now)).toBe('end-session');
    expect(decideToken(aToken({ usedAt, sessionEnded: true }), now)).toBe('refuse');
  });

  test('that has expired is refused, at the very moment too', () => {
    expect(decideToken(aToken({ expiresAt: now }), now)).toBe('refuse');
  });

  test('of a session that has ended is refused, and ends nothing more', () => {
    expect(decideToken(aToken({ sessionEnded: true, usedAt: earlier }), now)).toBe('refuse');
  });

  test('expires after 30 days, and with its session before that', () => {
    const inTwoMonths = new Date('2026-05-01T00:00:00.000Z');
    expect(tokenExpiry(inTwoMonths, now)).toEqual(new Date(now.getTime() + refreshLifetimeMs));
    const tomorrow = new Date('2026-03-02T00:00:00.000Z');
    expect(tokenExpiry(tomorrow, now)).toEqual(tomorrow);
  });
});
