import { randomInt } from 'node:crypto';
import type { SecretSpec } from '../../build/deployment.ts';

const characterSets = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'];
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * Generates a value as GenerateSecretString does: a password, or a JSON template with a password under a key. Each
 * character set that is not excluded occurs at least once.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 */
export function generateSecret(spec: NonNullable<SecretSpec['generate']>): string {
  const { template, key, length, excludeCharacters = '', excludePunctuation = false } = spec;
  const password = randomPassword(length, excludeCharacters, excludePunctuation);
  if (template === undefined || key === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(template) as object), [key]: password });
}

function randomPassword(length: number, excluded: string, withoutPunctuation: boolean): string {
  const sets = [...characterSets, ...(withoutPunctuation ? [] : [punctuation])]
    .map((set) => [...set].filter((character) => !excluded.includes(character)))
    .filter((set) => set.length > 0);
  const all = sets.flat();
  const pick = (set: string[]) => set[randomInt(set.length)]!;
  const characters = [
    ...sets.map(pick),
    ...Array.from({ length: Math.max(0, length - sets.length) }, () => pick(all)),
  ];
  // Fisher-Yates shuffle, so that the positions of the character sets are not predictable.
  for (let index = characters.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other]!, characters[index]!];
  }
  return characters.slice(0, length).join('');
}
