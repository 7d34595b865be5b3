import { httpHandler } from '#shared/lambda/http.ts';
import { disableUserRoute } from '../api.ts';
import { commandMeta, users } from '../app.ts';
import { decideByStaff } from '../domain/staff.ts';
import type { User } from '../domain/user.ts';
import { staffAccountResponse } from '../views.ts';

/** Disables an account. */
export const handler = httpHandler(disableUserRoute, async ({ params, caller, cause }) => {
  const change = (user: User) => decideByStaff(user, { kind: 'disable', by: caller, ...commandMeta() });
  return staffAccountResponse(await users().change(params.id, change, { cause }));
});
