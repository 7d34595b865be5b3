import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { metrics } from '#shared/lambda/telemetry.ts';
import { registerRoute } from '../api.ts';
import { commandMeta, idempotencyStore, limits, passwords, users, withHashedPassword } from '../app.ts';
import { refuseGuessable } from '../domain/guessable-password.ts';
import { registerUser } from '../domain/user.ts';
import { registeredResponse } from '../views.ts';

/** Registers an account. */
export const handler = httpHandler(
  registerRoute,
  async ({ body, idempotency, cause }) => {
    const { password, ...contact } = body;
    refuseGuessable(password);
    const request = await withHashedPassword(idempotency, password, [contact]);
    return runIdempotently(idempotencyStore(), request, async ({ resourceId: id, started }) => {
      const passwordHash = await passwords.hash(password);
      const decision = registerUser({ id, contact, roles: ['customer'], passwordHash, ...commandMeta() });
      const user = await users().create(decision, {
        cause,
        request: { started, respond: registeredResponse },
      });
      metrics.addMetric('Registrations', MetricUnit.Count, 1);
      return registeredResponse(user);
    });
  },
  limits,
);
