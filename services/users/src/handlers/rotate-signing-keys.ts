import { rotateSigningKeysContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { rotateSigningKeys } from '../app.ts';

/** Creates a new signing key: every 30 days by schedule, at setup, and by an operator when a key may have leaked. */
export const handler = callHandler(rotateSigningKeysContract, async (request) => {
  const rotation = await rotateSigningKeys(request);
  logger.info('signing keys rotated', rotation);
  return { ok: true, response: rotation };
});
