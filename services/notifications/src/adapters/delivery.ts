import type { Clock } from '#shared/clock.ts';
import type { EventEnvelope } from '#shared/events/event.ts';
import type { Contact } from '../domain/contact.ts';
import type { Mail } from '../domain/mail.ts';
import { messageAbout } from '../domain/message.ts';
import type { Template } from '../domain/templates.ts';
import type { Once } from './idempotent-delivery.ts';
import type { SendMail } from './mailer.ts';

/** Tells a user about an event, once per event and template, however often the event comes. */
export type Deliver = (
  event: EventEnvelope<string, { userId: string; orderId?: string }>,
  template: Template,
  to: Contact,
  mail: Mail,
) => Promise<void>;

/** Records the message, sends it, and records that it was sent. */
export const delivery =
  (once: Once, send: SendMail, clock: Clock): Deliver =>
  async (event, template, to, mail) => {
    await once(messageAbout(event, template, mail.subject), async () => ({
      providerMessageId: await send(to.email, mail, `${event.id}:${template}`),
      sentAt: clock().toISOString(),
    }));
  };
