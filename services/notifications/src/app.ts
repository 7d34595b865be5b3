import { mailToken } from '#shared/auth/mail-token.ts';
import { systemClock } from '#shared/clock.ts';
import { dynamo, dynamoClient } from '#shared/dynamo/dynamo.ts';
import { lazy } from '#shared/lazy.ts';
import { exportPartTo } from '#shared/privacy/export-part.ts';
import { contactStore } from './adapters/contact-store.ts';
import { deadLetters } from './adapters/dead-letters.ts';
import { sesMailer } from './adapters/mailer.ts';
import { messageLog } from './adapters/message-log.ts';
import { tokenKey } from './adapters/token-key.ts';
import { config } from './config.ts';
import { type MailedPurpose, type TokenLink, tokenLink } from './domain/account-mails.ts';
import { mailDelivery } from './workflows/deliver-mail.ts';
import type { EraseUserDeps } from './workflows/erase-user.ts';

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
/** The link for the token of an id. */
export const linkFor = async (purpose: MailedPurpose, id: string): Promise<TokenLink> =>
  tokenLink(
    config.SHOP_URL,
    purpose,
    mailToken(await tokenKey(config.MAIL_TOKEN_KEY_SECRET_ID), purpose, id),
  );
export const exportPart = /* @__PURE__ */ lazy(() => exportPartTo(config.USER_FILES_BUCKET, 'notifications'));
export const eraseUserDeps = /* @__PURE__ */ lazy(
  (): EraseUserDeps => ({
    contacts: contacts(),
    messages: messages(),
    deadLetters: deadLetters([config.DEAD_LETTERS_URL, ...config.UNDELIVERED_URLS]),
    clock: systemClock,
  }),
);
