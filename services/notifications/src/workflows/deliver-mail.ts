import type { Clock } from '#shared/clock.ts';
import { Unavailable } from '#shared/errors.ts';
import type { EventEnvelope } from '#shared/events/event.ts';
import type { SendMail } from '../adapters/mailer.ts';
import type { MessageLog } from '../adapters/message-log.ts';
import type { Mail } from '../domain/mail.ts';
import { messageAbout } from '../domain/message.ts';
import type { Template } from '../domain/templates.ts';

export type MailDeliveryDeps = { messages: MessageLog; send: SendMail; clock: Clock };

/**
 * Sends one mail per event and template, however often the event is delivered.
 * @throws Unavailable while another delivery of the event sends the mail; the queue delivers the event again
 */
export type DeliverMail = (
  event: EventEnvelope<string, { userId: string; orderId?: string }>,
  template: Template,
  to: { email: string },
  mail: Mail,
) => Promise<void>;

/**
 * A claim that is neither recorded as sent nor released expires after this: the function's timeout in serverless.yml,
 * and well before the event is delivered again (31 s).
 */
const claimMs = 5_000;

/**
 * Claims the message, sends it, records it as sent:
 *
 *     (none) ──claim──▶ sending ──record sent──▶ sent
 *                        │  ▲
 *                        └──┘ claim again, after a release or when the claim has expired
 *
 * SES takes no idempotency key. If the process dies between SES's response and the record (one call to DynamoDB), or
 * the response is lost, the mail is sent again. The alternative, to record it as sent first, would lose mails.
 * ADR 0017 says why this is not Powertools idempotency.
 */
export const mailDelivery =
  ({ messages, send, clock }: MailDeliveryDeps): DeliverMail =>
  async (event, template, to, mail) => {
    const message = messageAbout(event, template, mail.subject);
    const now = clock();
    const claimedUntil = now.getTime() + claimMs;
    if (!(await messages.claim(message, claimedUntil, now))) {
      const known = await messages.find(message);
      if (known?.status === 'sent') return;
      throw new Unavailable('Another delivery of this event is sending the mail.');
    }
    let providerMessageId: string;
    try {
      providerMessageId = await send(to.email, mail, `${event.id}:${template}`);
    } catch (error) {
      await messages.release(message, claimedUntil);
      throw error;
    }
    await messages.recordSent(message, { providerMessageId, sentAt: clock().toISOString() });
  };
