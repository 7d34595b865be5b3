/** What a bank answers to one of Stripe's test payment methods (https://docs.stripe.com/testing). */
export type CardOutcome =
  | { kind: 'approved' }
  | { kind: 'declined'; code: string; declineCode: string; message: string }
  | { kind: 'authentication_required' }
  | { kind: 'processing' };

/** A test payment method: what it looks like and how it behaves. */
export type TestCard = { brand: string; last4: string; country: string; outcome: CardOutcome };

const approved = (brand: string, last4: string, country = 'US'): TestCard => ({
  brand,
  last4,
  country,
  outcome: { kind: 'approved' },
});

const declined = (last4: string, declineCode: string, message: string, code = 'card_declined'): TestCard => ({
  brand: 'visa',
  last4,
  country: 'US',
  outcome: { kind: 'declined', code, declineCode, message },
});

const generic = declined('0002', 'generic_decline', 'Your card was declined.');
const poor = declined('9995', 'insufficient_funds', 'Your card has insufficient funds.');
const lost = declined('9987', 'lost_card', 'Your card was declined.');
const stolen = declined('9979', 'stolen_card', 'Your card was declined.');
const expired = declined('0069', 'expired_card', 'Your card has expired.', 'expired_card');
const wrongCvc = declined(
  '0127',
  'incorrect_cvc',
  "Your card's security code is incorrect.",
  'incorrect_cvc',
);
const processingError = declined(
  '0119',
  'processing_error',
  'An error occurred while processing your card. Try again in a little bit.',
  'processing_error',
);
const threeDSecure = (last4: string): TestCard => ({
  brand: 'visa',
  last4,
  country: 'IE',
  outcome: { kind: 'authentication_required' },
});

const TEST_CARDS = new Map<string, TestCard>([
  ['pm_card_visa', approved('visa', '4242')],
  ['pm_card_visa_debit', approved('visa', '5556')],
  ['pm_card_mastercard', approved('mastercard', '4444')],
  ['pm_card_mastercard_debit', approved('mastercard', '8210')],
  ['pm_card_amex', approved('amex', '8431')],
  ['pm_card_discover', approved('discover', '9424')],
  ['pm_card_de', approved('visa', '0016', 'DE')],
  ['pm_card_fr', approved('visa', '0003', 'FR')],
  ['pm_card_chargeDeclined', generic],
  ['pm_card_visa_chargeDeclined', generic],
  ['pm_card_chargeCustomerFail', { ...generic, last4: '0341' }],
  ['pm_card_chargeDeclinedInsufficientFunds', poor],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', poor],
  ['pm_card_visa_chargeDeclinedLostCard', lost],
  ['pm_card_visa_chargeDeclinedStolenCard', stolen],
  ['pm_card_chargeDeclinedExpiredCard', expired],
  ['pm_card_chargeDeclinedIncorrectCvc', wrongCvc],
  ['pm_card_chargeDeclinedProcessingError', processingError],
  ['pm_card_chargeDeclinedFraudulent', declined('0019', 'fraudulent', 'Your card was declined.')],
  ['pm_card_authenticationRequired', threeDSecure('3184')],
  ['pm_card_threeDSecure2Required', threeDSecure('3220')],
  ['pm_card_threeDSecureRequired', threeDSecure('3063')],
  // Not one of Stripe's: a card that stays in `processing` until it is settled, as a bank debit does.
  ['pm_card_processing', { ...approved('visa', '7726'), outcome: { kind: 'processing' } }],
]);

/** The test payment method of that id, if there is one; a real or unknown id is never accepted here. */
export const testCard = (id: string): TestCard | undefined => TEST_CARDS.get(id);
