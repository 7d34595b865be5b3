import { rotateSigningKeysContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { rotateSigningKeys } from '../app.ts';

/** Makes a new signing key: by schedule every 30 days, at setup, and by hand when a key may have leaked. */
export const handler = callHandler(rotateSigningKeysContract, async (request) => {
  const rotation = await rotateSigningKeys(request);
  logger.info('signing keys', rotation);
  return { ok: true, response: rotation };
});
