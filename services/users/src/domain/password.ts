import { dictionary } from '@zxcvbn-ts/language-common';
import { lengthOf } from '#shared/text.ts';

/** Bounds of a new password, in code points of its normalised form. */
export const [minPasswordLength, maxPasswordLength] = [10, 128];

/** Keyboards produce the same text in different Unicode forms (NIST SP 800-63B, 5.1.1.2): this one is checked and hashed. */
export const normalisedPassword = (password: string): string => password.normalize('NFKC');

/** The 49,000 most used passwords of published leaks, in lower case. */
const mostUsed = new Set(dictionary['passwords-common']);

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
