import { cached } from '../control/cached.ts';
import { type Document, type Handler, Refused, type Routes } from '../control/reply.ts';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';
import { mailDocument } from './mail-document.ts';
import { orderList, type ReadAdministrator } from './order-list.ts';
import { pageFile } from './page-file.ts';

/** Every open page polls each second; the API is called at most this often. */
const ordersMaxAgeMs = 2_000;

/** The console's page and what it reads besides the control interface. */
export function consoleRoutes({
  addresses,
  mailbox,
  administrator,
}: {
  addresses: { api: string; aws: string };
  mailbox: Mailbox;
  administrator: ReadAdministrator;
}): Routes {
  const readOrders = orderList(addresses.api, administrator);
  const file = (name: string): Document => {
    const found = pageFile(name, addresses.aws);
    if (found === undefined) throw new Refused(404, 'no such file');
    return found;
  };
  const withMail =
    (respond: (mail: Mail) => unknown): Handler =>
    ({ params: { id = '' } }) => {
      const mail = mailbox.get(id);
      if (mail === undefined) throw new Refused(404, 'no such mail');
      return respond(mail);
    };
  return {
    'GET /': () => file('index.html'),
    'GET /page/:file': ({ params }) => file(params.file ?? ''),
    'GET /orders': cached(ordersMaxAgeMs, async () => ({ rows: await readOrders() })),
    'GET /mails/:id': withMail((mail) => mail),
    'GET /mails/:id/html': withMail(mailDocument),
  };
}
