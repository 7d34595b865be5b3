import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { forgetExpiredKeys } from '#shared/postgres/idempotency.ts';
import { attempts, clock, database, outbox, sessions } from '../app.ts';

/** Every minute: publishes what a relay after commit left behind, and forgets what has expired. */
export const handler = scheduleHandler(async () => {
  const { sent, failed } = await outbox().sweep();
  const now = clock();
  return {
    sent,
    failed,
    forgotten: {
      idempotencyKeys: await forgetExpiredKeys(database()),
      refreshTokens: await sessions().forgetExpired(now),
      signInAttempts: await attempts().forgetExpired(now),
    },
  };
});
