import { join } from 'node:path';

type Session = {
  readSecret(
    location: { hash: string; pathname: string },
    storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
    history: { replaceState(state: null, title: string, url: string): void },
  ): string;
};
const { readSecret } = (await import(join(import.meta.dirname, 'session.js'))) as Session;

/** A browser whose address bar shows what the page sets. */
function aBrowser() {
  const stored = new Map<string, string>();
  const location = { hash: '', pathname: '/' };
  return {
    open: (hash: string) => {
      location.hash = hash;
      const history = {
        replaceState: (_state: null, _title: string, url: string) => {
          location.hash = new URL(url, 'http://127.0.0.1').hash;
        },
      };
      const storage = {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => stored.set(key, value),
      };
      return readSecret(location, storage, history);
    },
    location,
  };
}

const [first, second] = ['a', 'b'].map((letter) => letter.repeat(43)) as [string, string];

describe('the secret of the console', () => {
  test('is read from the address, and removed from it', () => {
    const { open, location } = aBrowser();
    expect(open(`#${first}`)).toBe(first);
    expect(location.hash).toBe('');
  });

  test('is still known after a reload, and replaced after a restart of the shop', () => {
    const { open } = aBrowser();
    open(`#${first}`);
    expect(open('')).toBe(first);
    expect(open(`#${second}`)).toBe(second);
    // A link within the page, or what another site opened.
    for (const other of ['#main', '#', `#${first}x`]) expect(open(other)).toBe(second);
    expect(open('')).toBe(second);
  });

  test('is empty in a browser that never opened the printed address', () => {
    expect(aBrowser().open('')).toBe('');
  });
});
