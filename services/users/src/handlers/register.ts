import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { created } from '#shared/http/response.ts';
import { newId } from '#shared/ids.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { metrics } from '#shared/lambda/telemetry.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { registerRoute } from '../api.ts';
import { clock, database, hashPassword, users, withHashedSecret } from '../app.ts';
import { toAccount } from '../domain/account-view.ts';
import { register, type User } from '../domain/user.ts';

const answer = (user: User) => created(toAccount(user), '/api/v1/users/me', user.version);

/** Opens an account and announces it. */
export const handler = httpHandler(registerRoute, async ({ body, idempotency, cause }) => {
  const { password, ...contact } = body;
  const request = await withHashedSecret(idempotency, password, [contact]);
  return idempotently(database(), request, async (userId, complete) => {
    const decided = register(userId, contact, ['customer'], clock(), newId());
    const user = await users().add(decided, await hashPassword(password), cause, (transaction, added) =>
      complete(transaction, answer(added)),
    );
    metrics.addMetric('Registrations', MetricUnit.Count, 1);
    return answer(user);
  });
});
