/** Bounds of a new password, in characters. */
export const [minPasswordLength, maxPasswordLength] = [10, 128];

/**
 * The most used passwords of ten characters and more in published lists of leaked passwords, in lower case.
 */
const mostUsed = new Set([
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

/** Whether a password is among the first that are guessed. */
export const isGuessable = (password: string): boolean =>
  mostUsed.has(password.toLowerCase()) || new Set(password).size === 1;
