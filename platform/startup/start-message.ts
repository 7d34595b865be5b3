import { consoleAddress } from '../control/control-client.ts';
import { administratorFile } from './administrator.ts';
import type { Platform } from './platform.ts';
import type { ShopAdministrator } from './set-up-shop.ts';

/** What `npm start` prints once the shop is ready. */
export function startMessage(
  platform: Platform,
  admin: ShopAdministrator,
  dataDir: string,
  seconds: number,
): string {
  const { apiUrl, awsUrl, paymentsUrl } = platform;
  const password = admin.created
    ? `${admin.password}   (shown only now)`
    : `created at the first start, stored in ${administratorFile(dataDir)}`;
  return `
The shop is running (started in ${seconds.toFixed(1)} s).

  API        ${apiUrl}/api/v1
  Console    ${consoleAddress(platform)}
  AWS        ${awsUrl}
  Payments   ${paymentsUrl}
  Admin      ${admin.email}   password: ${password}

Try:
  curl ${apiUrl}/api/v1/products
  curl ${apiUrl}/api/v1/categories
  curl -X POST ${apiUrl}/api/v1/auth/register -H 'Content-Type: application/json' -d '{"email":"me@example.com","password":"a long enough pass phrase","name":"Me"}'
  The mail with the code to confirm the address is in the console, under Mails.

  npm run demo places an order and follows it to delivery. Ctrl-C stops everything.
`;
}
