/** How the bank responds to a charge of a test payment method. */
export type CardOutcome =
  | { kind: 'approved' }
  | { kind: 'declined'; code: string; declineCode: string }
  | { kind: 'authentication-required' }
  | { kind: 'processing' };

const declined = (declineCode: string): CardOutcome => ({
  kind: 'declined',
  code: 'card_declined',
  declineCode,
});

/** The test payment methods of Stripe that the shop and its tests use (https://docs.stripe.com/testing), and one more. */
const testCards = new Map<string, CardOutcome>([
  ['pm_card_visa', { kind: 'approved' }],
  ['pm_card_chargeDeclined', declined('generic_decline')],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', declined('insufficient_funds')],
  ['pm_card_visa_chargeDeclinedLostCard', declined('lost_card')],
  ['pm_card_authenticationRequired', { kind: 'authentication-required' }],
  ['pm_card_threeDSecure2Required', { kind: 'authentication-required' }],
  // Not one of Stripe's: stays in `processing`, as a bank debit does for days.
  ['pm_card_processing', { kind: 'processing' }],
]);

/** The outcome of a test payment method; undefined for any other id, so that a real card is never accepted. */
export const testCard = (id: string): CardOutcome | undefined => testCards.get(id);
