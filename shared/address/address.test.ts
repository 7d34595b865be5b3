import { readFileSync } from 'node:fs';
import { addressRules, phoneFile, phoneRules, rulesFile } from '../../build/generate-lists.ts';
import type { ShopError } from '../errors.ts';
import { type Address, countryCodes, validAddress } from './address.ts';
import { addressSchema } from './schema.ts';

const london: Address = {
  name: 'Ada Lovelace',
  line1: '1 Analytical Way',
  postalCode: 'E1 6AN',
  city: 'London',
  country: 'GB',
};
const problemsOf = (address: Partial<Address>): string[] => {
  try {
    validAddress({ ...london, ...address });
    return [];
  } catch (error) {
    return (error as ShopError).subjects.map(({ part }) => part ?? '');
  }
};

test('the rules are those of the installed address data', () => {
  expect(JSON.parse(readFileSync(rulesFile, 'utf8'))).toEqual(addressRules());
  expect(JSON.parse(readFileSync(phoneFile, 'utf8'))).toEqual(phoneRules());
});

test('countries are the 249 of ISO 3166-1', () => {
  expect(countryCodes).toHaveLength(249);
  for (const code of ['UK', 'ZZ', 'XX', 'XK', 'AC', 'gb', 'DEU'])
    expect(addressSchema.safeParse({ ...london, country: code }).error?.issues[0]?.path).toEqual(['country']);
});

describe('an address is accepted:', () => {
  test.each<[string, Partial<Address>]>([
    ['in Germany', { country: 'DE', postalCode: '10115', city: 'Berlin' }],
    [
      'in Hong Kong without a postal code',
      { country: 'HK', postalCode: undefined, city: 'Central', region: '香港島' },
    ],
    ['in the United Arab Emirates', { country: 'AE', postalCode: undefined, city: 'Dubai', region: 'dubai' }],
    ['in Ireland without an Eircode', { country: 'IE', postalCode: undefined, city: 'Dublin' }],
    ['in Ireland with an Eircode', { country: 'IE', postalCode: 'd02 x285', city: 'Dublin' }],
    ['in Japan without a city', { country: 'JP', postalCode: '154-0023', city: undefined, region: 'Tokyo' }],
    ['in Singapore', { country: 'SG', postalCode: '546080', city: undefined }],
    [
      'in the United States by code',
      { country: 'US', postalCode: '95014-1234', city: 'Cupertino', region: 'CA' },
    ],
    [
      'in the United States by name',
      { country: 'US', postalCode: '95014', city: 'Cupertino', region: 'california' },
    ],
    [
      'in Brazil without accents',
      { country: 'BR', postalCode: '01310-100', city: 'Sao Paulo', region: 'Sao Paulo' },
    ],
    ['in Germany with full-width digits', { country: 'DE', postalCode: '１０１１５', city: 'Berlin' }],
  ])('%s', (_, address) => {
    expect(problemsOf(address)).toEqual([]);
  });
});

describe('an address is refused by its field:', () => {
  test.each<[string, Partial<Address>, string[]]>([
    [
      'a postal code of another form',
      { country: 'DE', postalCode: 'E1 6AN', city: 'Berlin' },
      ['postalCode'],
    ],
    ['no postal code where one is required', { postalCode: undefined }, ['postalCode']],
    [
      'a postal code where there are none',
      { country: 'HK', postalCode: '999077', region: 'Kowloon' },
      ['postalCode'],
    ],
    ['neither city nor postal code', { city: undefined, postalCode: undefined }, ['city', 'postalCode']],
    ['no state', { country: 'US', postalCode: '95014' }, ['region']],
    ['a state of another country', { country: 'US', postalCode: '95014', region: 'Bavaria' }, ['region']],
    ['letters as a telephone number', { phone: 'call me' }, ['phone']],
    ['a number that is too short', { phone: '12' }, ['phone']],
  ])('%s', (_, address, fields) => {
    expect(problemsOf(address)).toEqual(fields);
  });
});

test('a postal code is stored in upper case, a telephone number in E.164', () => {
  expect(validAddress({ ...london, postalCode: 'e1 6an', phone: '020 7946 0018' })).toMatchObject({
    postalCode: 'E1 6AN',
    phone: '+442079460018',
  });
  expect(validAddress({ ...london, phone: '+49 (30) 901820' }).phone).toBe('+4930901820');
});

test('empty optional fields count as absent', () => {
  const parsed = addressSchema.parse({ ...london, line2: '', region: null, phone: '   ' });
  expect([parsed.line2, parsed.region, parsed.phone]).toEqual([undefined, undefined, undefined]);
});
