import type { Subject } from '../errors.ts';
import { shopError } from '../errors.ts';
import countries from './countries.json' with { type: 'json' };
import { phoneNumber } from './phone.ts';

/** A postal address. `country` is an ISO 3166-1 alpha-2 code, `phone` a number in E.164. */
export type Address = {
  name: string;
  line1: string;
  line2?: string | undefined;
  postalCode?: string | undefined;
  city?: string | undefined;
  region?: string | undefined;
  country: string;
  phone?: string | undefined;
};

/** See `build/generate-lists.ts`. */
type Rules = { required?: string; postalCode?: string; regions?: string[] };

const rulesByCountry: Record<string, Rules | undefined> = countries;

/** The codes that ISO 3166-1 assigns: `UK`, `ZZ` and `XX` are none. */
export const countryCodes = Object.keys(countries);

/** The address lacks what its country requires, or has what it does not have; `subjects` name each such field. */
export const InvalidAddress = shopError({
  code: 'INVALID_ADDRESS',
  remedy: 'fix-request',
  title: 'The address is not valid in its country',
});

/** Fields by their letters in the rules. */
const fieldOf = { C: 'city', S: 'region', Z: 'postalCode' } as const;
const letters = ['C', 'S', 'Z'] as const;

/**
 * An address as it is stored: postal code in upper case, phone number in E.164. What each country requires comes from
 * Google's address data. A city is accepted everywhere, because people write one where the post does not need it.
 * @throws InvalidAddress
 */
export function validAddress(address: Address): Address {
  const rules = rulesByCountry[address.country];
  if (rules === undefined)
    throw refusal([{ kind: 'address', part: 'country', message: 'is not an ISO 3166-1 code such as DE' }]);
  const postalCode = address.postalCode?.normalize('NFKC').toUpperCase();
  const phone = address.phone === undefined ? undefined : phoneNumber(address.phone, address.country);
  const problems = [
    ...missing(address, rules),
    ...postalCodeProblems(postalCode, rules, address.country),
    ...regionProblems(address.region, rules),
    ...(address.phone !== undefined && phone === undefined
      ? [about('phone', `is not a telephone number of ${address.country}, nor an international one with +`)]
      : []),
  ];
  if (problems.length > 0) throw refusal(problems);
  return { ...address, postalCode, phone };
}

const about = (part: keyof Address, message: string): Subject => ({ kind: 'address', part, message });

const refusal = (subjects: Subject[]) =>
  new InvalidAddress(`${subjects[0]?.part}: ${subjects[0]?.message}`, { subjects });

const missing = (address: Address, { required = 'C' }: Rules): Subject[] =>
  letters
    .filter((letter) => required.includes(letter) && address[fieldOf[letter]] === undefined)
    .map((letter) => about(fieldOf[letter], `is required in ${address.country}`));

function postalCodeProblems(code: string | undefined, { postalCode }: Rules, country: string): Subject[] {
  if (code === undefined) return [];
  if (postalCode === '') return [about('postalCode', `does not exist in ${country}: leave it out`)];
  if (postalCode === undefined || new RegExp(`^(?:${postalCode})$`).test(code)) return [];
  return [about('postalCode', `is not a postal code of ${country}`)];
}

function regionProblems(region: string | undefined, { regions }: Rules): Subject[] {
  if (region === undefined || regions === undefined) return [];
  const spellings = regions.map((each) => each.split('|'));
  if (spellings.flat().some((spelling) => folded(spelling) === folded(region))) return [];
  const examples = spellings.slice(0, 3).map((each) => each.at(-1));
  return [about('region', `is not a region of the country, such as ${examples.join(', ')}`)];
}

/** Without accents and case. */
const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
