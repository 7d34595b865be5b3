import { httpHandler } from '#shared/lambda/http.ts';
import { changeRolesRoute } from '../api.ts';
import { commandMeta, users } from '../app.ts';
import { decideByStaff } from '../domain/staff.ts';
import type { User } from '../domain/user.ts';
import { staffAccountResponse } from '../views.ts';

/** Replaces the roles of an account. */
export const handler = httpHandler(changeRolesRoute, async ({ params, body, caller, cause, ...request }) => {
  const { expectedVersion } = request;
  const change = (user: User) =>
    decideByStaff(user, { kind: 'change-roles', by: caller, ...body, expectedVersion, ...commandMeta() });
  return staffAccountResponse(await users().change(params.id, change, { cause }));
});
