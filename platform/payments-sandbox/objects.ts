import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

/*
 * The fields of Stripe's objects that the shop and its tests read, with the types of Stripe's SDK.
 */
export type PaymentIntent = Pick<
  Stripe.PaymentIntent,
  | 'id'
  | 'object'
  | 'amount'
  | 'amount_received'
  | 'client_secret'
  | 'created'
  | 'currency'
  | 'last_payment_error'
  | 'metadata'
  | 'status'
> & { latest_charge: string | null; payment_method: string | null };
export type Charge = Pick<
  Stripe.Charge,
  | 'id'
  | 'object'
  | 'amount'
  | 'amount_captured'
  | 'amount_refunded'
  | 'created'
  | 'currency'
  | 'paid'
  | 'status'
> & { payment_intent: string };
export type Refund = Pick<
  Stripe.Refund,
  'id' | 'object' | 'amount' | 'created' | 'currency' | 'metadata' | 'status'
> & { charge: string; payment_intent: string };

/** A notification; `data.object` is the object at the time of the event. */
export type SandboxEvent = {
  id: string;
  object: 'event';
  api_version: null;
  created: number;
  data: { object: unknown };
  livemode: false;
  type: string;
};
/** Anything that the ledger stores. */
export type Stored = PaymentIntent | Charge | Refund | SandboxEvent;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 24;
/** Random bytes for the next ids, drawn for many at once because each draw is a system call. */
let random = Buffer.alloc(0);

/** A new id in Stripe's form: prefix and 24 letters and digits. */
export const newId = (prefix: string): string => {
  if (random.length < idLength) random = randomBytes(200 * idLength);
  let id = '';
  for (const byte of random.subarray(0, idLength)) id += alphabet[byte % alphabet.length];
  random = random.subarray(idLength);
  return `${prefix}_${id}`;
};

/** Unix time in seconds, the unit of every `created`. */
export const seconds = (timeMs: number): number => Math.floor(timeMs / 1000);

/** An unconfirmed PaymentIntent. */
export const newIntent = (
  fields: Pick<PaymentIntent, 'amount' | 'currency' | 'created' | 'metadata' | 'payment_method'>,
): PaymentIntent => {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    amount_received: 0,
    client_secret: `${id}_${newId('secret')}`,
    last_payment_error: null,
    latest_charge: null,
    status: 'requires_confirmation',
    ...fields,
  };
};

/** A successful or failed attempt to charge an intent. */
export const newCharge = (intent: PaymentIntent, paid: boolean, now: number): Charge => ({
  id: newId('ch'),
  object: 'charge',
  amount: intent.amount,
  amount_captured: paid ? intent.amount : 0,
  amount_refunded: 0,
  created: seconds(now),
  currency: intent.currency,
  paid,
  payment_intent: intent.id,
  status: paid ? 'succeeded' : 'failed',
});
