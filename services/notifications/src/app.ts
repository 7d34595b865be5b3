import { systemClock } from '#shared/clock.ts';
import { dynamo, dynamoClient } from '#shared/dynamo/dynamo.ts';
import { lazy } from '#shared/lazy.ts';
import { contactStore } from './adapters/contact-store.ts';
import { sesMailer } from './adapters/mailer.ts';
import { messageLog } from './adapters/message-log.ts';
import { config } from './config.ts';
import { mailDelivery } from './workflows/deliver-mail.ts';

/** The wiring of this service; each part is created on first use. */
const client = /* @__PURE__ */ lazy(dynamoClient);
/** Reads an item that never exists: succeeds if the table responds. */
export const readTable = () =>
  dynamo(client()).get(config.NOTIFICATIONS_TABLE, { pk: 'HEALTH', sk: 'HEALTH' });
export const contacts = /* @__PURE__ */ lazy(() => contactStore(client(), config.NOTIFICATIONS_TABLE));
export const messages = /* @__PURE__ */ lazy(() => messageLog(client(), config.NOTIFICATIONS_TABLE));
export const deliverMail = /* @__PURE__ */ lazy(() =>
  mailDelivery({
    messages: messages(),
    send: sesMailer(config.MAIL_FROM, config.MAIL_CONFIGURATION_SET),
    clock: systemClock,
  }),
);
