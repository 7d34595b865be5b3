import type { Role } from '#shared/auth/permissions.ts';
import { newId } from '#shared/ids.ts';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import type { Account } from './users-service.ts';

/** The functions of staff, loaded after `usersService()` has set the environment. */
export async function staffCalls() {
  const api = await import('../src/api.ts');
  const { handler: listUsers } = await import('../src/handlers/list-users.ts');
  const { handler: getUser } = await import('../src/handlers/get-user.ts');
  const { handler: changeRoles } = await import('../src/handlers/change-roles.ts');
  const { handler: disableUser } = await import('../src/handlers/disable-user.ts');
  const { handler: enableUser } = await import('../src/handlers/enable-user.ts');
  const { handler: revokeSessions } = await import('../src/handlers/revoke-user-sessions.ts');
  const { handler: resetSecondFactor } = await import('../src/handlers/reset-second-factor.ts');
  return {
    listUsers: (request: TestRequest) => send<StaffPage>(listUsers, api.listUsersRoute, request),
    getUser: (request: TestRequest) => send<StaffAccount>(getUser, api.getUserRoute, request),
    changeRoles: (request: TestRequest) => send<StaffAccount>(changeRoles, api.changeRolesRoute, request),
    disableUser: (request: TestRequest) => send<StaffAccount>(disableUser, api.disableUserRoute, request),
    enableUser: (request: TestRequest) => send<StaffAccount>(enableUser, api.enableUserRoute, request),
    revokeSessions: (request: TestRequest) =>
      send<Failure>(revokeSessions, api.revokeUserSessionsRoute, request),
    resetSecondFactor: (request: TestRequest) =>
      send<Failure>(resetSecondFactor, api.resetSecondFactorRoute, request),
  };
}

type Failure = { code?: string };

/** A caller with a role: of no account, unless one is given. */
export const aStaffMember = (role: Role, userId: string = newId()) => ({ userId, roles: [role] });

/** An account as staff see it. */
export type StaffAccount = Account & { state: string; secondFactor: boolean; disabledAt?: string };
export type StaffPage = { items: StaffAccount[]; nextCursor?: string; errors?: { field: string }[] };
