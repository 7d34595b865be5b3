import { secretBox } from './secret-box.ts';

const box = (key = 'k'.repeat(64)) => secretBox('id', async () => JSON.stringify({ key }));
const secret = Buffer.from('12345678901234567890');

describe('a sealed secret', () => {
  test('is opened by its owner, and never looks the same', async () => {
    const [one, two] = [await box().seal(secret, 'ada'), await box().seal(secret, 'ada')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes(secret)).toBe(false);
    expect(await box().open(one, 'ada')).toEqual(secret);
  });

  test('is not opened for another owner, with another key, or after a change', async () => {
    const sealed = await box().seal(secret, 'ada');
    await expect(box().open(sealed, 'bob')).rejects.toThrow();
    await expect(box('x'.repeat(64)).open(sealed, 'ada')).rejects.toThrow();
    for (const index of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      await expect(box().open(changed, 'ada')).rejects.toThrow();
    }
  });

  test('needs a key', async () => {
    await expect(secretBox('id', async () => undefined).seal(secret, 'ada')).rejects.toThrow();
  });
});
