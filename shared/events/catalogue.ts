import {
  MediaActionRecorded,
  OrderActionRecorded,
  PaymentActionRecorded,
  ProductActionRecorded,
  UserActionRecorded,
} from './actions.ts';
import type { EventDefinition } from './event.ts';
import { MediaProcessed, MediaRejected } from './media.ts';
import { OrderCancelled, OrderCompleted, OrderCreated, OrderPaid, OrderShipped } from './orders.ts';
import { TransactionProcessed } from './payments.ts';
import { ConsentChanged, DataExportRequested, UserErased } from './privacy.ts';
import { ProductChanged, ReservationLost, StockLow } from './products.ts';
import {
  ContactUpdated,
  EmailVerificationRequested,
  EmailVerified,
  KnownEmailGiven,
  MailRequestIgnored,
  PasswordChanged,
  PasswordResetRequested,
  StaffInvited,
  UserDisabled,
  UserEnabled,
  UserRegistered,
} from './users.ts';

/** Every event of the shop. Tests compare templates, docs/events.md and the AsyncAPI document with it. */
export const catalogue: readonly EventDefinition[] = [
  UserRegistered,
  ContactUpdated,
  EmailVerificationRequested,
  EmailVerified,
  KnownEmailGiven,
  PasswordResetRequested,
  StaffInvited,
  MailRequestIgnored,
  PasswordChanged,
  ConsentChanged,
  DataExportRequested,
  UserErased,
  UserDisabled,
  UserEnabled,
  ProductChanged,
  StockLow,
  ReservationLost,
  OrderCreated,
  OrderPaid,
  OrderShipped,
  OrderCompleted,
  OrderCancelled,
  TransactionProcessed,
  MediaProcessed,
  MediaRejected,
  UserActionRecorded,
  ProductActionRecorded,
  OrderActionRecorded,
  PaymentActionRecorded,
  MediaActionRecorded,
];
