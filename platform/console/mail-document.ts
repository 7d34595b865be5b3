import type { Reply } from '../control/reply.ts';
import type { Mail } from '../mailbox/mailbox.ts';

/**
 * What a mail may do even when it is opened outside the page's frame: show itself. The sandbox gives it an origin of
 * its own, so that nothing in it reaches the control interface, and no picture tells a sender that it was read.
 */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

/** A mail as the reader sees it: its HTML part as it was sent, or its text. */
export function mailDocument({ html, text = '', subject = '' }: Mail): Reply {
  return html === undefined
    ? asDocument('text/plain; charset=utf-8', `${subject}\n\n${text}`)
    : asDocument('text/html; charset=utf-8', html);
}

const asDocument = (type: string, text: string): Reply => ({
  status: 200,
  document: { type, text, headers: { 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer' } },
});
