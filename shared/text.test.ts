import { hasWebAddress, textProblem } from './text.ts';

describe('a text is accepted in', () => {
  test.each([
    ['Latin with an apostrophe', 'Siobhán O’Neil-d’Arcy'],
    ['Hebrew', 'שָׁלוֹם'],
    ['Arabic with a number sign', '\u0600١٢'],
    ['Hindi with joiners', 'क्\u200Dष श्री\u200Cमान'],
    ['Chinese outside the basic plane', '𠮷野家'],
    ['an emoji family', '👨‍👩‍👧 party'],
    ['the flag of England', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'],
    ['a heart with a variation selector', '❤️'],
    ['a Japanese name with a variant', '葛\u{E0100}城'],
  ])('%s', (_, text) => {
    expect(textProblem(text)).toBeUndefined();
  });
});

describe('a text is refused with', () => {
  test.each([
    ['a bidirectional override', 'gpj.\u202Eexe', 'U+202E'],
    ['a bidirectional isolate', '\u2066a', 'U+2066'],
    ['a zero-width space', 'pay\u200Bpal', 'U+200B'],
    ['a Hangul filler', 'a\u3164', 'U+3164'],
    ['a blank Braille pattern', 'a\u2800', 'U+2800'],
    ['a grapheme joiner', 'a\u034F', 'U+034F'],
    ['a variation selector after a letter', 'a\u{E0100}', 'U+E0100'],
    ['two variation selectors', '葛\u{E0100}\u{E0101}', 'U+E0101'],
    ['a soft hyphen', 'pay\u00ADpal', 'U+00AD'],
    ['invisible tags', 'hi\u{E0069}\u{E0067}', 'U+E0069'],
    ['a private-use character', 'a\uE000', 'U+E000'],
    ['an unassigned character', 'a\u0378', 'U+0378'],
    ['a replacement character', 'a\uFFFD', 'U+FFFD'],
    ['half a surrogate pair', 'a\uD83D', 'U+D83D'],
    ['a line separator', 'a\u2028b', 'U+2028'],
    ['a line break', 'a\nb', 'U+000A'],
    ['an escape character', 'a\u001B[31m', 'U+001B'],
  ])('%s', (_, text, character) => {
    expect(textProblem(text)).toBe(`must not have the character ${character}`);
  });
  test.each([
    ['a joiner', '\u200D'],
    ['a combining mark', '\u0301a'],
  ])('nothing visible before %s', (_, text) => {
    expect(textProblem(text)).toBe('must start with a visible character');
  });
});

test('a text of several lines may have tabs and line breaks, and nothing else', () => {
  expect(textProblem('a\tb\r\nc', { lines: true })).toBeUndefined();
  expect(textProblem('a\u000Bb', { lines: true })).toBe('must not have the character U+000B');
});

describe('a web address in a name', () => {
  test.each([
    'https://evil.example',
    'ftp://x',
    'Win at evil.example now',
    'www.evil.example',
    'evil。example',
    'bücher.de',
    'xn--bcher-kva.example',
  ])('is found: %s', (text) => {
    expect(hasWebAddress(text)).toBe(true);
  });
  test.each([
    'J.R.R. Tolkien',
    'Martin Luther King Jr.',
    'St. John',
    'O’Neill / Smith',
    'Ada: the Countess',
    '山田 太郎',
    '🙂 Ada',
  ])('is not found: %s', (text) => {
    expect(hasWebAddress(text)).toBe(false);
  });
});
