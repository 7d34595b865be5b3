import type { Clock } from '#shared/clock.ts';
import type { EventEnvelope } from '#shared/events/event.ts';
import type { Contact } from '../domain/contact.ts';
import type { Mail } from '../domain/mail.ts';
import { messageAbout } from '../domain/message.ts';
import type { Template } from '../domain/templates.ts';
import type { SendMail } from './mailer.ts';
import type { MessageLog } from './message-log.ts';
import type { Once } from './once.ts';

/** Tells a user about an event, once per event and template, however often the event comes. */
export type Deliver = (
  event: EventEnvelope<string, { userId: string; orderId?: string }>,
  template: Template,
  to: Contact,
  mail: Mail,
) => Promise<void>;

/** Records the message, sends it, and records that it was sent. */
export const delivery =
  (once: Once, log: MessageLog, send: SendMail, clock: Clock): Deliver =>
  async (event, template, to, mail) => {
    const reference = `${event.id}:${template}`;
    await once(reference, async () => {
      const message = messageAbout(event, template, mail.subject);
      await log.record(message);
      const providerMessageId = await send(to.email, mail, reference);
      await log.record({ ...message, status: 'sent', sentAt: clock().toISOString(), providerMessageId });
    });
  };
