import { decideToken, graceMs, type RefreshToken } from './session.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const earlier = new Date('2026-02-01T00:00:00.000Z');
const aToken = (over: Partial<RefreshToken> = {}): RefreshToken => ({
  familyId: 'family',
  userId: 'user',
  expiresAt: new Date('2026-03-02T00:00:00.000Z'),
  usedAt: null,
  revokedAt: null,
  ...over,
});

describe('a refresh token', () => {
  test('that is presented for the first time is exchanged', () => {
    expect(decideToken(aToken(), now)).toBe('rotate');
  });

  test('that is presented twice revokes its family, even after it expired', () => {
    expect(decideToken(aToken({ usedAt: earlier }), now)).toBe('revoke-family');
    expect(decideToken(aToken({ usedAt: earlier, expiresAt: earlier }), now)).toBe('revoke-family');
  });

  test('that is presented again within the grace period returns its successor', () => {
    const usedAt = new Date(now.getTime() - graceMs);
    expect(decideToken(aToken({ usedAt }), now)).toBe('repeat');
    expect(decideToken(aToken({ usedAt: new Date(usedAt.getTime() - 1) }), now)).toBe('revoke-family');
    expect(decideToken(aToken({ usedAt, revokedAt: now }), now)).toBe('refuse');
  });

  test('that has expired is refused, at the very moment too', () => {
    expect(decideToken(aToken({ expiresAt: now }), now)).toBe('refuse');
  });

  test('of a family that has ended is refused, and ends nothing more', () => {
    expect(decideToken(aToken({ revokedAt: earlier, usedAt: earlier }), now)).toBe('refuse');
  });
});
