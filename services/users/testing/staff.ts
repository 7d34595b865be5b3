import { mailToken } from '#shared/auth/mail-token.ts';
import type { Role } from '#shared/auth/permissions.ts';
import { newId } from '#shared/ids.ts';
import type { Queryable } from '#shared/postgres/database.ts';
import { send, type TestRequest } from '#shared/testing/http-event.ts';
import type { Account, Tokens } from './users-service.ts';

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
  const { handler: sendPasswordReset } = await import('../src/handlers/send-password-reset.ts');
  return {
    listUsers: (request: TestRequest) => send<StaffPage>(listUsers, api.listUsersRoute, request),
    getUser: (request: TestRequest) => send<StaffAccount>(getUser, api.getUserRoute, request),
    changeRoles: (request: TestRequest) => send<StaffAccount>(changeRoles, api.changeRolesRoute, request),
    disableUser: (request: TestRequest) => send<StaffAccount>(disableUser, api.disableUserRoute, request),
    enableUser: (request: TestRequest) => send<StaffAccount>(enableUser, api.enableUserRoute, request),
    revokeSessions: (request: TestRequest) =>
      send<Failure>(revokeSessions, api.revokeUserSessionsRoute, request),
    sendPasswordReset: (request: TestRequest) =>
      send<Failure>(sendPasswordReset, api.sendPasswordResetRoute, request),
    resetSecondFactor: (request: TestRequest) =>
      send<Failure>(resetSecondFactor, api.resetSecondFactorRoute, request),
  };
}

type Failure = { code?: string };

/** The functions of invitations, loaded after `usersService()` has set the environment. */
export async function invitationCalls(database: Queryable) {
  const api = await import('../src/api.ts');
  const { handler: invite } = await import('../src/handlers/invite-staff.ts');
  const { handler: list } = await import('../src/handlers/list-invitations.ts');
  const { handler: withdraw } = await import('../src/handlers/withdraw-invitation.ts');
  const { handler: accept } = await import('../src/handlers/accept-invitation.ts');
  return {
    invite: (request: TestRequest) => send<InvitationView>(invite, api.inviteStaffRoute, request),
    list: (request: TestRequest) =>
      send<{ items: InvitationView[]; nextCursor?: string }>(list, api.listInvitationsRoute, request),
    withdraw: (request: TestRequest) => send<Failure>(withdraw, api.withdrawInvitationRoute, request),
    accept: (body: unknown) => send<Tokens>(accept, api.acceptInvitationRoute, { body }),
    /** The token that was mailed last to an address, computed as notifications does. */
    tokenTo: async (email: string, key: string): Promise<string> => {
      const [row] = await database.query<{ id: string }>(
        `SELECT message::json #>> '{data,tokenId}' AS id FROM outbox
          WHERE type = 'STAFF_INVITED' AND message::json #>> '{data,email}' = $1 ORDER BY created_at DESC LIMIT 1`,
        [email],
      );
      return mailToken(key, 'invitation', row?.id ?? 'none');
    },
  };
}

export type InvitationView = {
  id: string;
  email: string;
  roles: string[];
  invitedBy: string;
  code?: string;
  errors?: { field: string }[];
};

/** A caller with a role: of no account, unless one is given. */
export const aStaffMember = (role: Role, userId: string = newId()) => ({ userId, roles: [role] });

/** An account as staff see it. */
export type StaffAccount = Account & { state: string; secondFactor: boolean; disabledAt?: string };
export type StaffPage = { items: StaffAccount[]; nextCursor?: string; errors?: { field: string }[] };
