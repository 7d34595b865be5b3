import * as z from 'zod';
import { optionalText, personName, text } from '../http/fields.ts';
import { countryCodes } from './address.ts';

/** An address as a request gives it. Which parts a country requires is decided by `validAddress`. */
export const addressSchema = z.strictObject({
  name: personName(200),
  line1: text(200),
  line2: optionalText(200),
  postalCode: optionalText(20),
  city: optionalText(100),
  region: optionalText(100),
  country: z.enum(countryCodes, { error: 'must be an ISO 3166-1 code such as DE' }),
  phone: optionalText(30),
});

/** An address as it is stored and returned. */
export const storedAddressSchema = z.object({
  name: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  postalCode: z.string().optional(),
  city: z.string().optional(),
  region: z.string().optional(),
  country: z.string(),
  phone: z.string().optional(),
});
