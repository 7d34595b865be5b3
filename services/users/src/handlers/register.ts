import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { metrics } from '#shared/lambda/telemetry.ts';
import { registerRoute } from '../api.ts';
import {
  commandMeta,
  idempotencyStore,
  inTransaction,
  limits,
  mailedTokens,
  passwords,
  registrations,
  withHashedPassword,
} from '../app.ts';
import { refuseGuessable } from '../domain/guessable-password.ts';
import { acceptedResponse as response } from '../views.ts';
import { register } from '../workflows/register.ts';

/** Registers an account, whose address a mail asks to confirm. */
export const handler = httpHandler(
  registerRoute,
  async ({ body, idempotency, cause }) => {
    const { password, ...contact } = body;
    refuseGuessable(password);
    const request = await withHashedPassword(idempotency, password, [contact]);
    return runIdempotently(idempotencyStore(), request, async (execution) => {
      const deps = {
        passwords,
        inTransaction: inTransaction(),
        registrations,
        tokens: mailedTokens(),
        commandMeta,
      };
      await register(deps, { contact, password }, execution, { cause, response });
      metrics.addMetric('Registrations', MetricUnit.Count, 1);
      return response;
    });
  },
  limits,
);
