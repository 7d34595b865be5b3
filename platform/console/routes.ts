import { cached } from '../control/cached.ts';
import { type Document, Refused, type Routes } from '../control/reply.ts';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';
import { mailDocument } from './mail-document.ts';
import { orderList, type ReadAdministrator } from './order-list.ts';
import { pageFile } from './page-file.ts';

/** Every open page polls each second; the API is called at most this often. */
const ordersMaxAgeMs = 2_000;

/** What a browser loads without the secret: the files of the console's page, and a mail in its frame. */
export function consolePage(addresses: { aws: string }, mailbox: Mailbox): Routes {
  const file = (name: string): Document => {
    const found = pageFile(name, addresses.aws);
    if (found === undefined) throw new Refused(404, 'no such file');
    return found;
  };
  return {
    'GET /': () => file('index.html'),
    'GET /page/:file': ({ params }) => file(params.file ?? ''),
    // A frame cannot send the secret. The mail's id, which has 74 random bits, takes its place.
    'GET /mails/:id/html': ({ params }) => mailDocument(mailOf(mailbox, params.id)),
  };
}

/** What the console's page reads besides the control interface. */
export function consoleRoutes({
  apiUrl,
  mailbox,
  administrator,
}: {
  apiUrl: string;
  mailbox: Mailbox;
  administrator: ReadAdministrator;
}): Routes {
  const readOrders = orderList(apiUrl, administrator);
  return {
    'GET /orders': cached(ordersMaxAgeMs, async () => ({ rows: await readOrders() })),
    'GET /mails/:id': ({ params }) => mailOf(mailbox, params.id),
  };
}

function mailOf(mailbox: Mailbox, id = ''): Mail {
  const mail = mailbox.get(id);
  if (mail === undefined) throw new Refused(404, 'no such mail');
  return mail;
}
