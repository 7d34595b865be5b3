import { rotateSigningKeysContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { rotateKeys } from '../adapters/key-store.ts';
import { clock, database } from '../app.ts';
import { config } from '../config.ts';

const secrets = {
  signingKeysId: config.SIGNING_KEYS_SECRET_ID,
  publicKeysId: config.PUBLIC_KEYS_SECRET_ID,
};

/** Makes a new signing key: by schedule every 30 days, at setup, and by hand when a key may have leaked. */
export const handler = callHandler(rotateSigningKeysContract, async (wishes) => {
  const rotation = await rotateKeys(database(), secrets, clock(), wishes);
  logger.info('signing keys', rotation);
  return rotation;
});
