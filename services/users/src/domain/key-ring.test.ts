import { secretCacheMs } from '#shared/secrets.ts';
import {
  addKey,
  type KeyRing,
  keepRetiredMs,
  keySetMaxAgeMs,
  pendingAt,
  publishAheadMs,
  signingAt,
  startOfNewKey,
} from './key-ring.ts';

const start = new Date('2026-03-01T00:00:00.000Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const key = (kid: string, at: Date) => ({ jwk: { kty: 'EC', kid }, signsFrom: at.toISOString() });
const privateKey = (kid: string, at: Date) => ({ kid, privateKey: {}, signsFrom: at.toISOString() });
const kidsOf = (ring: KeyRing) => ring.keys.map(({ jwk }) => jwk.kid);
const none: ReadonlySet<string> = new Set();

describe('a new key', () => {
  test('signs at once if there is none, or all others are revoked', () => {
    expect(startOfNewKey({ keys: [] }, start)).toEqual(start);
    const keys = [privateKey('a', start)];
    expect(startOfNewKey({ keys }, later(1), { revokeOthers: true })).toEqual(later(1));
  });

  test('is published before it signs for longer than anybody may cache the key set', () => {
    const keys = [privateKey('a', start)];
    expect(startOfNewKey({ keys }, later(1))).toEqual(later(1 + publishAheadMs));
    // The function that returns the set, a proxy, and a client that ignores the proxy's Age.
    expect(publishAheadMs).toBeGreaterThan(secretCacheMs + 2 * keySetMaxAgeMs);
  });

  test('leaves the previous one signing until its time has come', () => {
    const keys = { keys: [privateKey('b', later(1000)), privateKey('a', start)] };
    expect([signingAt(keys, later(999))?.kid, pendingAt(keys, later(999))?.kid]).toEqual(['a', 'b']);
    expect([signingAt(keys, later(1000))?.kid, pendingAt(keys, later(1000))]).toEqual(['b', undefined]);
  });
});

describe('the key set', () => {
  const two = { keys: [key('b', later(1000)), key('a', start)] };

  test('has the new key first', () => {
    expect(kidsOf(addKey({ keys: [key('a', start)] }, key('b', later(1000)), none, start))).toEqual([
      'b',
      'a',
    ]);
  });

  test('keeps a retired key longer than its last token lives', () => {
    expect(keepRetiredMs).toBeGreaterThan(20 * 60 * 1000);
    const now = later(1000 + keepRetiredMs);
    const just = new Date(now.getTime() - 1);
    expect(kidsOf(addKey(two, key('c', just), none, just))).toEqual(['c', 'b', 'a']);
    expect(kidsOf(addKey(two, key('c', now), none, now))).toEqual(['c', 'b']);
  });

  test('keeps a key that may still sign, however old the next one is', () => {
    const now = later(1000 + 30 * 24 * keepRetiredMs);
    expect(kidsOf(addKey(two, key('c', now), new Set(['a']), now))).toEqual(['c', 'b', 'a']);
  });

  test('has only the new key when the others are revoked', () => {
    expect(kidsOf(addKey(two, key('c', start), new Set(['a']), start, { revokeOthers: true }))).toEqual([
      'c',
    ]);
  });
});
