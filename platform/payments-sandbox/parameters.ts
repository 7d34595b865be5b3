import { minChargeCents } from '../../shared/money.ts';
import { invalidParameter, missingParameter, unknownParameter } from './errors.ts';
import type { Form } from './form.ts';

/** Stripe's bounds for metadata (https://docs.stripe.com/api/metadata). */
const METADATA = { keys: 50, keyLength: 40, valueLength: 500 };
/** Smallest and largest amount in any currency's minor unit; Stripe takes up to eight digits. */
const AMOUNT = { min: 1, max: 99_999_999 };
const CURRENCIES = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

/** Refuses every parameter that is not in `known`, by its path. */
export const allowOnly = (form: Form, known: readonly string[]): void => {
  for (const name of Object.keys(form)) if (!known.includes(name)) throw unknownParameter(name);
};

/** A text parameter; empty counts as absent, as in Stripe's API. Longest 5000 characters. */
export const text = (form: Form, param: string, maxLength = 5000): string | undefined => {
  const value = form[param];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalidParameter(param, `Invalid string: ${JSON.stringify(value)}`);
  if (value.length > maxLength) {
    throw invalidParameter(param, `Invalid string: must be at most ${maxLength} characters`);
  }
  return value;
};

/** A text parameter out of a closed list. */
export const oneOf = <T extends string>(form: Form, param: string, values: readonly T[]): T | undefined => {
  const value = text(form, param);
  if (value === undefined) return undefined;
  const found = values.find((each) => each === value);
  if (found === undefined)
    throw invalidParameter(param, `Invalid ${param}: must be one of ${values.join(', ')}`);
  return found;
};

/** `true` or `false`. */
export const flag = (form: Form, param: string): boolean | undefined => {
  const value = oneOf(form, param, ['true', 'false']);
  return value === undefined ? undefined : value === 'true';
};

/** A whole number within bounds. */
export const integer = (form: Form, param: string, min: number, max: number): number | undefined => {
  const value = text(form, param);
  if (value === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(value)) {
    throw invalidParameter(param, `Invalid integer: ${value}`, 'parameter_invalid_integer');
  }
  const number = Number(value);
  if (number < min) {
    const message = `This value must be greater than or equal to ${min}.`;
    throw invalidParameter(param, message, 'parameter_invalid_integer');
  }
  if (number > max) throw invalidParameter(param, `This value must be less than or equal to ${max}.`);
  return number;
};

/** An amount in minor units. */
export const amount = (form: Form): number | undefined => {
  const value = integer(form, 'amount', AMOUNT.min, Number.MAX_SAFE_INTEGER);
  if (value !== undefined && value > AMOUNT.max) {
    throw invalidParameter('amount', 'Amount must be no more than 999,999.99', 'amount_too_large');
  }
  return value;
};

const leastByCurrency = new Map<string, number>(Object.entries(minChargeCents));

/** An amount to charge in a currency, at least what Stripe charges in it; known for the shop's currencies only. */
export const chargeable = (form: Form, inCurrency: string): number | undefined => {
  const value = amount(form);
  const least = leastByCurrency.get(inCurrency.toUpperCase()) ?? AMOUNT.min;
  if (value !== undefined && value < least) {
    const format = { style: 'currency', currency: inCurrency, currencyDisplay: 'narrowSymbol' } as const;
    const said = new Intl.NumberFormat('en', format).format(least / 100);
    throw invalidParameter('amount', `Amount must be at least ${said} ${inCurrency}`, 'amount_too_small');
  }
  return value;
};

/** A currency: three-letter ISO 4217 code in lower case. */
export const currency = (form: Form): string => {
  const value = required(text(form, 'currency'), 'currency');
  if (!CURRENCIES.has(value)) throw invalidParameter('currency', `Invalid currency: ${value}.`);
  return value;
};

/** The value, or Stripe's refusal of its absence. */
export const required = <T>(value: T | undefined, param: string): T => {
  if (value === undefined) throw missingParameter(param);
  return value;
};

/** Metadata merged over `before`; an empty value takes its key away, an empty `metadata` takes all. */
export const metadata = (form: Form, before: Record<string, string> = {}): Record<string, string> => {
  const value = form.metadata;
  if (value === undefined) return before;
  if (value === '') return {};
  if (typeof value === 'string') throw invalidParameter('metadata', 'Invalid hash');
  const merged = { ...before };
  for (const [key, entry] of Object.entries(value)) {
    const param = `metadata[${key}]`;
    if (typeof entry !== 'string') throw invalidParameter(param, 'Metadata values must be strings');
    if (key.length > METADATA.keyLength)
      throw invalidParameter(param, 'Metadata keys have at most 40 characters');
    if (entry.length > METADATA.valueLength) {
      throw invalidParameter(param, 'Metadata values have at most 500 characters');
    }
    if (entry === '') delete merged[key];
    else merged[key] = entry;
  }
  if (Object.keys(merged).length > METADATA.keys) {
    throw invalidParameter('metadata', 'Metadata has at most 50 keys');
  }
  return merged;
};

/** A list of texts (`expand[]`, `payment_method_types[]`). */
export const texts = (form: Form, param: string): string[] | undefined => {
  const value = form[param];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') throw invalidParameter(param, `Invalid array`);
  return Object.keys(value).map((key) => required(text(value, key), `${param}[${key}]`));
};
