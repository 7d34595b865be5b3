import * as z from 'zod';

/**
 * An amount in minor units (cents) of an ISO 4217 currency; never a fraction. The bound keeps sums of
 * 45 lines × 1,000 pieces far below Number.MAX_SAFE_INTEGER, and is Stripe's own limit for one charge.
 */
export const maxAmountCents = 99_999_999;

/** ISO 4217 codes of the currencies that the shop sells in, all with two decimals. */
export const currencySchema = z.enum(['EUR', 'USD', 'GBP', 'CHF']);
export type Currency = z.infer<typeof currencySchema>;

export const amountCentsSchema = z.int().min(0).max(maxAmountCents);

/**
 * Stripe's minimum charge in each currency (https://docs.stripe.com/currencies, "Minimum and maximum charge amounts"),
 * for an account that settles in that currency. Otherwise the converted amount must reach the minimum of the account's
 * currency, which only Stripe knows: such a payment is declined.
 */
export const minChargeCents: Readonly<Record<Currency, number>> = { EUR: 50, USD: 50, GBP: 30, CHF: 50 };

export const moneySchema = z.strictObject({ amountCents: amountCentsSchema, currency: currencySchema });
export type Money = z.infer<typeof moneySchema>;

/** A product's price, at least a cent: an order of free products only could never be paid. */
export const priceSchema = moneySchema.extend({
  amountCents: z.int().min(1, 'must be at least 1 cent').max(maxAmountCents),
});

/** `eur(42)` is 42.00 EUR: for tests and seeds. */
export const eur = (units: number): Money => ({ amountCents: Math.round(units * 100), currency: 'EUR' });

/** `12.50 EUR`, for mails and reports. */
export const formatMoney = ({ amountCents, currency }: Money): string =>
  `${Math.trunc(amountCents / 100)}.${String(amountCents % 100).padStart(2, '0')} ${currency}`;
