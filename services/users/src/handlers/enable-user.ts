import { httpHandler } from '#shared/lambda/http.ts';
import { enableUserRoute } from '../api.ts';
import { commandMeta, users } from '../app.ts';
import { decideByStaff } from '../domain/staff.ts';
import type { User } from '../domain/user.ts';
import { staffAccountResponse } from '../views.ts';

/** Enables a disabled account. */
export const handler = httpHandler(enableUserRoute, async ({ params, caller, cause }) => {
  const change = (user: User) => decideByStaff(user, { kind: 'enable', by: caller, ...commandMeta() });
  return staffAccountResponse(await users().change(params.id, change, { cause }));
});
