import { httpHandler } from '#shared/lambda/http.ts';
import { deleteMeRoute } from '../api.ts';
import { accounts, commandMeta, config, limits, passwords, persons } from '../app.ts';
import { decidePerson } from '../domain/person.ts';
import { erasureResponse } from '../views.ts';
import { confirmOwner } from '../workflows/confirm-owner.ts';

/** Erases the caller's account; the event removes the person from every other service. */
export const handler = httpHandler(
  deleteMeRoute,
  async ({ body, caller: { userId }, client, cause, limits: requestLimits }) => {
    const deps = { accounts: accounts(), limits: limits(), requestLimits, passwords };
    await confirmOwner(deps, { userId, clientAddress: client.address }, body.currentPassword);
    const meta = commandMeta();
    const erase = { kind: 'erase', by: 'owner', ...meta } as const;
    await persons().change(userId, (person) => decidePerson(person, erase), { cause });
    return erasureResponse(userId, meta.at, config.RETENTION_YEARS);
  },
  limits,
);
