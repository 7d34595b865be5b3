/** The kinds of mail, one per kind of event. */
export const templates = [
  'confirm-address',
  'confirm-new-address',
  'known-address',
  'welcome',
  'reset-password',
  'invitation',
  'password-changed',
  'address-changed',
  'order-paid',
  'order-shipped',
  'order-cancelled',
] as const;
export type Template = (typeof templates)[number];
