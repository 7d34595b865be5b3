import { InvalidRequest } from '../errors.ts';
import { storable } from './storable.ts';

describe('a text that cannot be stored or sent on is refused by its name:', () => {
  test.each([
    ['NUL', '\0'],
    ['U+FFFD, which replaces bytes that are not UTF-8', '\uFFFD'],
    ['U+FFFE', '\uFFFE'],
    ['U+FFFF', '\uFFFF'],
    ['half a surrogate pair', '\uD83D'],
    ['its other half', '\uDE00'],
  ])('%s', (_, character) => {
    const body = { lines: [{ name: 'lamp' }, { name: `la${character}mp` }] };
    let refusal: unknown;
    try {
      storable(body, 'body');
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(InvalidRequest);
    expect((refusal as InstanceType<typeof InvalidRequest>).subjects[0]?.part).toBe('lines[1].name');
  });

  test('also as the name of a field', () => {
    expect(() => storable({ 'a\0b': 1 }, 'body')).toThrow(InvalidRequest);
  });
});

test('every other text is accepted, in any script', () => {
  const body = { name: 'Zoë 李 😀', lines: [1, true, null, undefined, 'line\nbreak'] };
  expect(storable(body, 'body')).toBe(body);
});
