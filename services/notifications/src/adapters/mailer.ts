import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { lean } from '#shared/lean-client.ts';
import type { Mail } from '../domain/mail.ts';

/** Sends a mail and returns SES's message id. Repeated sends of one mail have the same `reference`. */
export type SendMail = (to: string, mail: Mail, reference: string) => Promise<string>;

/** Two attempts of at most two seconds fit into the function's five; then the queue delivers the event again. */
const maxAttempts = 2;
const timeouts = { connectMs: 1_000, responseMs: 2_000 };

/** Sends through SES. */
export function sesMailer(
  from: string,
  configurationSet: string,
  client = lean(new SESv2Client({ maxAttempts }), timeouts),
): SendMail {
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return async (to, { subject, text, html }, reference) => {
    const { MessageId = '' } = await client.send(
      new SendEmailCommand({
        ConfigurationSetName: configurationSet,
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: utf8(subject),
            Body: { Text: utf8(text), Html: utf8(html) },
            Headers: [{ Name: 'X-Entity-Ref-ID', Value: reference }],
          },
        },
      }),
    );
    return MessageId;
  };
}
