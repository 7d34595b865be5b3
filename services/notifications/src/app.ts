import { systemClock } from '#shared/clock.ts';
import { dynamo, dynamoClient } from '#shared/dynamo/dynamo.ts';
import { lazy } from '#shared/lazy.ts';
import { contactStore } from './adapters/contact-store.ts';
import { delivery } from './adapters/delivery.ts';
import { once } from './adapters/idempotent-delivery.ts';
import { sesMailer } from './adapters/mailer.ts';
import { messageLog } from './adapters/message-log.ts';
import { config } from './config.ts';

/** The wiring of the service: what is made from what. */
const client = /* @__PURE__ */ lazy(dynamoClient);
/** One read of an item that is never there: enough to know that the table answers. */
export const readTable = () =>
  dynamo(client()).get(config.NOTIFICATIONS_TABLE, { pk: 'HEALTH', sk: 'HEALTH' });
export const contacts = /* @__PURE__ */ lazy(() => contactStore(client(), config.NOTIFICATIONS_TABLE));
export const messages = /* @__PURE__ */ lazy(() => messageLog(client(), config.NOTIFICATIONS_TABLE));
export const deliver = /* @__PURE__ */ lazy(() =>
  delivery(once(messages()), sesMailer(config.MAIL_FROM), systemClock),
);
