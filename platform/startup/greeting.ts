import { join } from 'node:path';
import type { Platform } from '../start-platform.ts';
import type { Administrator } from './first-start.ts';

/** What the person at the terminal is told once the shop answers. */
export function greeting(platform: Platform, admin: Administrator, dataDir: string, seconds: number): string {
  const { apiUrl, consoleUrl, awsUrl, paymentsUrl } = platform;
  const password = admin.isNew
    ? `${admin.password}   (shown only now)`
    : `made at the first start, kept in ${join(dataDir, 'admin.json')}`;
  return `
The shop runs (${seconds.toFixed(1)} s).

  API        ${apiUrl}/api/v1
  Console    ${consoleUrl}
  AWS        ${awsUrl}
  Payments   ${paymentsUrl}
  Admin      ${admin.email}   password: ${password}

Try:
  curl ${apiUrl}/api/v1/products
  curl ${apiUrl}/api/v1/categories
  curl -X POST ${apiUrl}/api/v1/auth/register -H 'Content-Type: application/json' -d '{"email":"me@example.com","password":"a long enough pass phrase","name":"Me"}'

  npm run demo plays the story of an order. Ctrl-C ends everything.
`;
}
