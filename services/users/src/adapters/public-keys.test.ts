import type { KeyRing } from '../domain/key-ring.ts';
import { publicKeys } from './public-keys.ts';

const ringOf = (...kids: string[]): string =>
  JSON.stringify({
    keys: kids.map((kid) => ({ jwk: { kty: 'EC', kid }, signsFrom: '2026-03-01T00:00:00.000Z' })),
  } satisfies KeyRing);

/** A secret whose value others change, and how often it was read afresh. */
function aSecretThat(reads: { cached: string; fresh: string }) {
  let freshReads = 0;
  const keys = publicKeys('the-secret', async (_, { fresh }) => {
    if (fresh) freshReads += 1;
    return fresh ? reads.fresh : reads.cached;
  });
  return { keys, freshReads: () => freshReads };
}

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const kidsOf = async (set: Promise<{ keys: { kid?: string }[] } | undefined>) =>
  (await set)?.keys.map(({ kid }) => kid);

describe('the public keys', () => {
  test('are read again for a key that is not known', async () => {
    const { keys } = aSecretThat({ cached: ringOf('old'), fresh: ringOf('new', 'old') });
    expect(await kidsOf(keys.cached())).toEqual(['old']);
    expect(await kidsOf(keys.reload(at(0)))).toEqual(['new', 'old']);
  });

  test('are not read again within five seconds', async () => {
    const { keys, freshReads } = aSecretThat({ cached: ringOf('old'), fresh: ringOf('old') });
    await keys.reload(at(0));
    expect(await keys.reload(at(4))).toBeUndefined();
    expect(freshReads()).toBe(1);
    await keys.reload(at(5));
    expect(freshReads()).toBe(2);
  });

  test('stay the same object while the secret is unchanged, so that imported keys are reused', async () => {
    const { keys } = aSecretThat({ cached: ringOf('one'), fresh: ringOf('one') });
    expect(await keys.cached()).toBe(await keys.cached());
  });

  test('are unavailable before the first one exists', async () => {
    const keys = publicKeys('the-secret', async () => undefined);
    await expect(keys.cached()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
