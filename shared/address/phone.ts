import {
  type CountryCode,
  isSupportedCountry,
  type MetadataJson,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/core';
import phoneMetadata from './phone-metadata.json' with { type: 'json' };

const metadata = phoneMetadata as unknown as MetadataJson;

/**
 * A telephone number in E.164 (`+4930901820`), from what a person in `country` writes; undefined if it is none.
 * The metadata checks lengths, not whether a number is in use.
 */
export function phoneNumber(text: string, country: string): string | undefined {
  const options = isSupportedCountry(country as CountryCode, metadata)
    ? { defaultCountry: country as CountryCode }
    : {};
  const number = parsePhoneNumberFromString(text, { ...options, extract: false }, metadata);
  // E.164 has no extensions: a number that loses its own would ring elsewhere.
  return number?.isPossible() && number.ext === undefined ? number.number : undefined;
}
