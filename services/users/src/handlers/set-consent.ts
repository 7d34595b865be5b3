import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { setConsentRoute } from '../api.ts';
import { commandMeta, persons } from '../app.ts';
import { decidePerson } from '../domain/person.ts';
import { consentsBody } from '../views.ts';

/** Gives or withdraws a consent of the caller. */
export const handler = httpHandler(setConsentRoute, async ({ params: { purpose }, body, caller, cause }) => {
  const { consents } = await persons().change(
    caller.userId,
    (person) => decidePerson(person, { kind: 'change-consent', purpose, ...body, ...commandMeta() }),
    { cause },
  );
  return ok(consentsBody(consents).find((consent) => consent.purpose === purpose));
});
