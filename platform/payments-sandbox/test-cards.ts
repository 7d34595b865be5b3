/** How the bank responds to a charge of a test payment method. */
export type CardOutcome =
  | { kind: 'approved' }
  | { kind: 'declined'; code: string; declineCode: string }
  | { kind: 'authentication-required' }
  | { kind: 'processing' };

const declined = (declineCode: string, code = 'card_declined'): CardOutcome => ({
  kind: 'declined',
  code,
  declineCode,
});

/** Stripe's test payment methods (https://docs.stripe.com/testing), and one of the sandbox. */
const testCards = new Map<string, CardOutcome>([
  ['pm_card_visa', { kind: 'approved' }],
  ['pm_card_mastercard', { kind: 'approved' }],
  ['pm_card_chargeDeclined', declined('generic_decline')],
  ['pm_card_visa_chargeDeclined', declined('generic_decline')],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', declined('insufficient_funds')],
  ['pm_card_visa_chargeDeclinedLostCard', declined('lost_card')],
  ['pm_card_chargeDeclinedExpiredCard', declined('expired_card', 'expired_card')],
  ['pm_card_chargeDeclinedIncorrectCvc', declined('incorrect_cvc', 'incorrect_cvc')],
  ['pm_card_chargeDeclinedProcessingError', declined('processing_error', 'processing_error')],
  ['pm_card_authenticationRequired', { kind: 'authentication-required' }],
  ['pm_card_threeDSecure2Required', { kind: 'authentication-required' }],
  // Not one of Stripe's: stays in `processing`, as a bank debit does for days.
  ['pm_card_processing', { kind: 'processing' }],
]);

/** The outcome of a test payment method; undefined for any other id, so that a real card is never accepted. */
export const testCard = (id: string): CardOutcome | undefined => testCards.get(id);
