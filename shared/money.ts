import * as z from 'zod';

/**
 * An amount in minor units (cents) of an ISO 4217 currency; never a fraction. The bound keeps sums of
 * 45 lines × 1,000 pieces far inside Number.MAX_SAFE_INTEGER, and is Stripe's own limit for one charge.
 */
export const maxAmountCents = 99_999_999;

/** ISO 4217 code in capitals, of the currencies with two decimals that the shop sells in. */
export const currencySchema = z.enum(['EUR', 'USD', 'GBP', 'CHF']);
export type Currency = z.infer<typeof currencySchema>;

export const amountCentsSchema = z.int().min(0).max(maxAmountCents);

export const moneySchema = z.strictObject({ amountCents: amountCentsSchema, currency: currencySchema });
export type Money = z.infer<typeof moneySchema>;

/** `eur(42)` is 42.00 EUR: for tests and seeds that speak in whole units. */
export const eur = (units: number): Money => ({ amountCents: Math.round(units * 100), currency: 'EUR' });

/** `12.50 EUR`, for mails and reports. */
export const formatMoney = ({ amountCents, currency }: Money): string =>
  `${Math.trunc(amountCents / 100)}.${String(amountCents % 100).padStart(2, '0')} ${currency}`;
