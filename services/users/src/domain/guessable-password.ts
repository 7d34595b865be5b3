import decompress from '@zxcvbn-ts/dictionary-compression/decompress';
import { lengthOf } from '#shared/text.ts';
import commonPasswords from './common-passwords.json' with { type: 'json' };
import { GuessablePassword } from './errors.ts';

/** The most used passwords of published leaks, in lower case; `build/generate-lists.ts` writes them. */
const mostUsed = new Set(decompress(commonPasswords));

const around = /^[^\p{L}]+|[^\p{L}]+$/gu;
const repetition = /^(.+?)\1+$/su;
/** Repeated units up to this length are guessed without a list. */
const maxRepeatedLength = 3;
const onlyDigits = /^\p{Nd}+$/u;

/**
 * Whether a normalised password is among the first that are guessed: a most used one, also with digits and signs around
 * it or repeated (`Football2026!`, `passwordpassword`), and one of digits only, as dates and phone numbers are. No other composition rules (NIST SP 800-63B, 5.1.1.2).
 */
export function isGuessable(password: string): boolean {
  const lower = password.toLowerCase();
  const word = lower.replace(around, '');
  const repeated = repetition.exec(lower)?.[1] ?? '';
  return (
    [lower, word, repeated].some((each) => mostUsed.has(each)) ||
    onlyDigits.test(lower) ||
    (repeated !== '' && lengthOf(repeated) <= maxRepeatedLength)
  );
}

/** @throws GuessablePassword */
export function refuseGuessable(password: string, field = 'password'): void {
  if (!isGuessable(password)) return;
  throw new GuessablePassword('This password is among the first that are guessed. Choose another.', {
    subjects: [{ kind: field, message: 'is among the first that are guessed' }],
  });
}
