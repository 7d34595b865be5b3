import * as z from 'zod';
import { minChargeCents } from '../../shared/money.ts';
import { InvalidParameters } from './errors.ts';
import { testCard } from './test-cards.ts';

/** Decoded parameters; `metadata[order_id]=7` becomes `{ metadata: { order_id: '7' } }`. */
export type Form = Record<string, string | Record<string, string>>;

/**
 * Decodes `application/x-www-form-urlencoded` with one level of brackets. Empty values are absent, as in Stripe's API.
 * Objects have no prototype, so that a parameter named `__proto__` is an ordinary one.
 * @throws InvalidParameters for any other name, and for a name that is both text and object
 */
export function parseForm(text: string): Form {
  const form = Object.create(null) as Form;
  for (const [name, value] of new URLSearchParams(text)) {
    const [, field, key] = /^([^[\]]+)(?:\[([^[\]]+)\])?$/.exec(name) ?? [];
    const before = form[field ?? ''];
    const isObject = typeof before === 'object';
    if (field === undefined || (before !== undefined && isObject !== (key !== undefined)))
      throw new InvalidParameters(name, `Invalid parameter name: ${name}`);
    if (value === '') continue;
    if (key === undefined) form[field] = value;
    else form[field] = Object.assign(isObject ? before : Object.create(null), { [key]: value });
  }
  return form;
}

const refusal = (code: string, message: string) => ({ error: message, params: { code } });

/** Stripe's bounds for metadata (https://docs.stripe.com/api/metadata). */
const metadata = z.record(z.string().max(40), z.string().max(500)).default({});
/** Stripe accepts up to eight digits. */
const maxAmount = 99_999_999;
const amount = z
  .string()
  .refine(
    (text) => /^[1-9]\d{0,14}$/.test(text),
    refusal('parameter_invalid_integer', 'Invalid positive integer'),
  )
  .transform(Number)
  .refine(
    (value) => value <= maxAmount,
    refusal('amount_too_large', 'Amount must be no more than 999,999.99'),
  );
const currencies = Intl.supportedValuesOf('currency').map((code) => code.toLowerCase());
const minAmounts = new Map<string, number>(Object.entries(minChargeCents));

export const createIntentParameters = z
  .strictObject({
    amount,
    currency: z.enum(currencies, 'Invalid currency'),
    payment_method: z
      .string()
      .refine((id) => testCard(id) !== undefined, refusal('resource_missing', 'No such PaymentMethod')),
    // The shop confirms on its server, so it must exclude payment methods that redirect the customer.
    automatic_payment_methods: z.strictObject({
      enabled: z.literal('true'),
      allow_redirects: z.literal('never'),
    }),
    metadata,
  })
  .check(({ value, issues }) => {
    const min = minAmounts.get(value.currency.toUpperCase()) ?? 1;
    if (value.amount >= min) return;
    const format = { style: 'currency', currency: value.currency, currencyDisplay: 'narrowSymbol' } as const;
    const text = new Intl.NumberFormat('en', format).format(min / 100);
    issues.push({
      code: 'custom',
      input: value.amount,
      path: ['amount'],
      params: { code: 'amount_too_small' },
      message: `Amount must be at least ${text} ${value.currency}`,
    });
  });
export const createRefundParameters = z.strictObject({
  payment_intent: z.string(),
  amount: amount.optional(),
  metadata,
});
export const listRefundsParameters = z.strictObject({
  payment_intent: z.string(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});
export const authenticateParameters = z.strictObject({
  outcome: z.enum(['success', 'failure']).default('success'),
  client_secret: z.string().optional(),
});
export const noParameters = z.strictObject({});

/** Validates the parameters of a request. @throws InvalidParameters for the first invalid one */
export function parameters<S extends z.ZodType>(schema: S, form: Form): z.output<S> {
  const parsed = schema.safeParse(form, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const [field = '', ...keys] = issue.path;
  const param = [String(field), ...keys.map((key) => `[${String(key)}]`)].join('');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const unknown = param === '' ? key : `${param}[${key}]`;
    throw new InvalidParameters(unknown, `Received unknown parameter: ${unknown}`, 'parameter_unknown');
  }
  if (issue.input === undefined)
    throw new InvalidParameters(param, `Missing required param: ${param}.`, 'parameter_missing');
  throw new InvalidParameters(param, issue.message, issue.code === 'custom' ? issue.params?.code : undefined);
}
