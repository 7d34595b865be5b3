import { getCountries, getExampleNumber } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { phoneNumber } from './phone.ts';

test('the example number of every country is parsed as it is written there, and internationally', () => {
  const numbers = getCountries().flatMap((country) => getExampleNumber(country, examples) ?? []);
  expect(numbers.length).toBeGreaterThan(240);
  const wrong = numbers.filter(({ country = '', number }) =>
    [number, getExampleNumber(country as 'DE', examples)!.formatNational()].some(
      (text) => phoneNumber(text, country) !== number,
    ),
  );
  expect(wrong.map(({ country }) => country)).toEqual([]);
});

test.each([
  '',
  'call me',
  '12',
  '+',
  '+49 30 901820 ext. 12',
  '030 901820 x12',
  '+49 30 901820;ext=12',
  '1'.repeat(31),
])('%j is no telephone number', (text) => {
  expect(phoneNumber(text, 'DE')).toBeUndefined();
});
