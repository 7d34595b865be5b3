import { addKey, type KeyRing, keepRetiredMs } from './key-ring.ts';

const key = (kid: string) => ({ kty: 'EC', kid });
const start = new Date('2026-03-01T00:00:00.000Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const kidsOf = (ring: KeyRing) => ring.keys.map(({ jwk }) => jwk.kid);

describe('a new key', () => {
  test('is the first of an empty ring', () => {
    expect(addKey({ keys: [] }, key('a'), start)).toEqual({ keys: [{ jwk: key('a') }] });
  });

  test('retires the previous one, which still verifies', () => {
    const ring = addKey(addKey({ keys: [] }, key('a'), start), key('b'), later(1000));
    expect(ring.keys).toEqual([{ jwk: key('b') }, { jwk: key('a'), retiredAt: later(1000).toISOString() }]);
  });

  test('keeps a retired key longer than its last token lives: 5 minutes in caches and 15 as a token', () => {
    expect(keepRetiredMs).toBeGreaterThan(20 * 60 * 1000);
  });

  test('drops a key that retired so long ago that no token of it lives', () => {
    const two = addKey(addKey({ keys: [] }, key('a'), start), key('b'), start);
    expect(kidsOf(addKey(two, key('c'), later(keepRetiredMs - 1)))).toEqual(['c', 'b', 'a']);
    expect(kidsOf(addKey(two, key('c'), later(keepRetiredMs)))).toEqual(['c', 'b']);
  });

  test('is the only one when the others are revoked', () => {
    const one = addKey({ keys: [] }, key('a'), start);
    expect(kidsOf(addKey(one, key('b'), start, { revokeOthers: true }))).toEqual(['b']);
  });
});
