import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/**
 * A telephone number in E.164 (`+4930901820`), from what a person in `country` writes; undefined if it is none.
 * The metadata checks lengths, not whether a number is in use.
 */
export function phoneNumber(text: string, country: string): string | undefined {
  const options = isSupportedCountry(country) ? { defaultCountry: country as CountryCode } : {};
  const number = parsePhoneNumberFromString(text, { ...options, extract: false });
  return number?.isPossible() ? number.number : undefined;
}
