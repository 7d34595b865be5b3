import { readFileSync } from 'node:fs';
import { commonPasswords, passwordsFile } from '../../../../build/generate-lists.ts';
import { isGuessable } from './guessable-password.ts';
import { normalisedPassword } from './password.ts';

const guessable = (password: string) => isGuessable(normalisedPassword(password));

describe('a password is guessable:', () => {
  test.each([
    ['1234567890'],
    ['0987654321'],
    ['1q2w3e4r5t'],
    ['1qaz2wsx3edc'],
    ['qwertyuiop'],
    ['Password123'],
    ['PASSWORD!!'],
    ['passwordpassword'],
    ['iloveyou123'],
    ['2026-Football'],
    ['welcome123'],
    ['aaaaaaaaaaaa'],
    ['ababababab'],
    ['ｐａｓｓｗｏｒｄ１２３'],
    ['𝓹𝓪𝓼𝓼𝔀𝓸𝓻𝓭𝟙𝟚𝟛'],
  ])('%s', (password) => {
    expect(guessable(password)).toBe(true);
  });
});

test.each(['correct horse battery staple', 'zwölf Boxkämpfer', 'kX9#v!2pQ_7d', '我家有三只橘猫喜欢晒太阳'])(
  'a password that no list has is accepted: %s',
  (password) => {
    expect(guessable(password)).toBe(false);
  },
);

test('the list is the one of the installed package, with at least 10,000 entries', () => {
  expect(JSON.parse(readFileSync(passwordsFile, 'utf8'))).toBe(commonPasswords().compressed);
  expect(commonPasswords().count).toBeGreaterThanOrEqual(10_000);
});
