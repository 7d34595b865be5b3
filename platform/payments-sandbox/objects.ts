import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';
import type { TestCard } from './test-cards.ts';

/** The objects this sandbox keeps, in the very types of Stripe's SDK: tsc holds them to the wire format. */
export type PaymentIntent = Stripe.PaymentIntent & {
  latest_charge: string | null;
  payment_method: string | null;
};
export type Charge = Stripe.Charge & { payment_intent: string; balance_transaction: string | null };
export type Refund = Stripe.Refund & { charge: string; payment_intent: string };
export type BalanceTransaction = Stripe.BalanceTransaction & { source: string };
/** A notification as Stripe stores and sends it; `data.object` is the object as it was then. */
export type SandboxEvent = {
  id: string;
  object: 'event';
  api_version: string | null;
  created: number;
  data: { object: unknown };
  livemode: false;
  pending_webhooks: number;
  request: { id: string; idempotency_key: string | null };
  type: string;
};
/** Anything with a row in the ledger. */
export type Stored = PaymentIntent | Charge | Refund | BalanceTransaction | SandboxEvent;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const ID_LENGTH = 24;
/** Random bytes for the next ids: drawn for many at once, as each draw is a call of the system. */
let random = Buffer.alloc(0);

/** A fresh id of Stripe's look: prefix and 24 letters and digits. */
export const newId = (prefix: string): string => {
  if (random.length < ID_LENGTH) random = randomBytes(200 * ID_LENGTH);
  let id = '';
  for (const byte of random.subarray(0, ID_LENGTH)) id += ALPHABET[byte % ALPHABET.length];
  random = random.subarray(ID_LENGTH);
  return `${prefix}_${id}`;
};

/** Unix time in whole seconds, the unit of every `created`. */
export const seconds = (timeMs: number): number => Math.floor(timeMs / 1000);

/** An unconfirmed PaymentIntent with every optional part absent. */
export const aNewIntent = (
  fields: Pick<PaymentIntent, 'amount' | 'currency' | 'created'> & Partial<PaymentIntent>,
): PaymentIntent => {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_${newId('secret')}`,
    confirmation_method: 'automatic',
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
    ...fields,
  };
};

const cardDetails = (card: TestCard): Stripe.Charge.PaymentMethodDetails => ({
  type: 'card',
  card: {
    amount_authorized: null,
    authorization_code: null,
    brand: card.brand,
    checks: null,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: 12,
    exp_year: 2034,
    funding: 'credit',
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  },
});

/** One attempt to take an intent's money; `fields` say how it went. */
export const aCharge = (
  intent: PaymentIntent,
  card: TestCard,
  fields: Pick<Charge, 'created' | 'status' | 'outcome'> & Partial<Charge>,
): Charge => ({
  id: newId('ch'),
  object: 'charge',
  amount: intent.amount,
  amount_captured: 0,
  amount_refunded: 0,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
  calculated_statement_descriptor: null,
  captured: false,
  currency: intent.currency,
  customer: null,
  description: intent.description,
  disputed: false,
  failure_balance_transaction: null,
  failure_code: null,
  failure_message: null,
  fraud_details: {},
  livemode: false,
  metadata: intent.metadata,
  on_behalf_of: null,
  paid: false,
  payment_intent: intent.id,
  payment_method: intent.payment_method,
  payment_method_details: cardDetails(card),
  receipt_email: intent.receipt_email,
  receipt_number: null,
  receipt_url: null,
  refunded: false,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  transfer_data: null,
  transfer_group: null,
  ...fields,
});

/** Stripe's standard fee for European cards (https://stripe.com/pricing): 1.5 % and 25 minor units. */
const feeOf = (amount: number): number => Math.min(amount, Math.round(amount * 0.015) + 25);

/** Money that moved: a charge with its fee, or (negative, without one) a refund. */
export const aBalanceTransaction = (
  type: 'charge' | 'refund',
  of: Pick<Charge, 'id' | 'amount' | 'currency'>,
  created: number,
): BalanceTransaction => {
  const fee = type === 'charge' ? feeOf(of.amount) : 0;
  const amount = type === 'charge' ? of.amount : -of.amount;
  return {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: created,
    balance_type: 'payments',
    created,
    currency: of.currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: fee
      ? [
          {
            amount: fee,
            application: null,
            currency: of.currency,
            description: 'Stripe processing fees',
            type: 'stripe_fee',
          },
        ]
      : [],
    net: amount - fee,
    reporting_category: type,
    source: of.id,
    status: 'available',
    type,
  };
};

/** A completed refund of a charge. */
export const aRefund = (
  charge: Charge,
  fields: Pick<Refund, 'amount' | 'created' | 'metadata' | 'reason'>,
): Refund => ({
  id: newId('re'),
  object: 'refund',
  balance_transaction: null,
  charge: charge.id,
  currency: charge.currency,
  customer: null,
  customer_account: null,
  payment_intent: charge.payment_intent,
  payment_method: charge.payment_method,
  receipt_number: null,
  source_transfer_reversal: null,
  status: 'succeeded',
  transfer_reversal: null,
  ...fields,
});
