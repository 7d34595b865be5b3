import { randomInt } from 'node:crypto';
import type { SecretSpec } from '../../build/deployment.ts';

const characters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * Generates a value as GenerateSecretString does without punctuation: a JSON template with a password under a key. A
 * password contains each kind of character
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html).
 */
export function generateSecret({ template, key, length }: NonNullable<SecretSpec['generate']>): string {
  let password: string;
  do password = Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
  while (![/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(password)));
  return JSON.stringify({ ...(JSON.parse(template) as object), [key]: password });
}
