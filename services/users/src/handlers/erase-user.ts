import { httpHandler } from '#shared/lambda/http.ts';
import { eraseUserRoute } from '../api.ts';
import { commandMeta, config, erasedUsers, persons } from '../app.ts';
import { decidePerson } from '../domain/person.ts';
import { erasureResponse } from '../views.ts';

/** Erases the account of somebody else, who asked for it. */
export const handler = httpHandler(eraseUserRoute, async ({ params: { id }, caller, cause }) => {
  const before = await erasedUsers().erasedAt(id);
  if (before !== undefined) return erasureResponse(id, before, config.RETENTION_YEARS);
  const meta = commandMeta();
  await persons().change(id, (person) => decidePerson(person, { kind: 'erase', by: caller, ...meta }), {
    cause,
  });
  return erasureResponse(id, meta.at, config.RETENTION_YEARS);
});
