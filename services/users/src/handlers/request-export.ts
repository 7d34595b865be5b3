import { newId } from '#shared/ids.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { requestExportRoute } from '../api.ts';
import { clock, commandMeta, dataExports, limits, persons } from '../app.ts';
import { UserNotFound } from '../domain/errors.ts';
import { decidePerson } from '../domain/person.ts';
import { exportAccepted } from '../views.ts';

/** Requests an export; the event makes every service write its part. */
export const handler = httpHandler(
  requestExportRoute,
  async ({ caller: { userId }, cause, limits: requestLimits }) => {
    const collecting = await dataExports().collectingOf(userId);
    if (collecting !== undefined) return exportAccepted(collecting);
    await requestLimits.take('export-account', userId);
    const exportId = newId();
    await persons().change(
      userId,
      (person) => decidePerson(person, { kind: 'request-export', exportId, ...commandMeta() }),
      { cause },
    );
    const requested = await dataExports().find(userId, exportId, clock());
    if (requested === undefined) throw new UserNotFound('There is no such account.');
    return exportAccepted(requested);
  },
  limits,
);
