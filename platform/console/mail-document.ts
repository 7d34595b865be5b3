import { Document } from '../control/reply.ts';
import type { Mail } from '../mailbox/mailbox.ts';

/**
 * A mail may contain hostile HTML: the sandbox gives it an opaque origin, so it cannot call the control interface, and
 * no image request tells its sender that it was read. It holds outside the console's frame too.
 */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

/** A mail as a document: its HTML part as it was sent, or its text. */
export function mailDocument({ html, text = '', subject = '' }: Mail): Document {
  const headers = { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' };
  return html === undefined
    ? new Document('text/plain; charset=utf-8', `${subject}\n\n${text}`, headers)
    : new Document('text/html; charset=utf-8', html, headers);
}
