import * as z from 'zod';

/**
 * Passwords that are long enough and still guessed first: the most used ones of ten characters and more in published
 * lists of leaked passwords. Compared in lower case.
 */
const guessedFirst = new Set([
  '1234567890',
  '12345678910',
  '123456789a',
  '0123456789',
  '0987654321',
  '1q2w3e4r5t',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'qwertyuiop',
  'qwerty12345',
  'qwerty123456',
  'password12',
  'password123',
  'password1234',
  'passwordpassword',
  'iloveyou123',
  'letmein123',
  'welcome123',
  'administrator',
  'changeme123',
  'abcdefghij',
  'abc1234567',
]);

const isOneCharacter = (text: string): boolean => new Set(text).size === 1;

/**
 * A new password: 10 to 128 characters of any kind, and none that is guessed first. No rules of composition, after
 * NIST SP 800-63B section 5.1.1.2.
 */
export const newPasswordSchema = z
  .string()
  .min(10)
  .max(128)
  .refine((password) => !guessedFirst.has(password.toLowerCase()) && !isOneCharacter(password), {
    error: 'is among the first that are guessed',
  });

/** A password as somebody types it in to sign in; bounded, as hashing costs time by length. */
export const givenPasswordSchema = z.string().min(1).max(128);
