import { send, type TestRequest } from '#shared/testing/http-event.ts';
import type { Account, Refusable } from './users-service.ts';

/** The functions that change passwords and addresses, loaded after `usersService()` has set the environment. */
export async function credentialCalls() {
  const api = await import('../src/api.ts');
  const { handler: requestReset } = await import('../src/handlers/request-password-reset.ts');
  const { handler: confirmReset } = await import('../src/handlers/confirm-password-reset.ts');
  const { handler: changePassword } = await import('../src/handlers/change-password.ts');
  const { handler: requestEmail } = await import('../src/handlers/request-email-change.ts');
  const { handler: confirmEmail } = await import('../src/handlers/confirm-email-change.ts');
  return {
    requestReset: (body: unknown) => send<Refusable>(requestReset, api.requestPasswordResetRoute, { body }),
    confirmReset: (body: unknown) => send<Refusable>(confirmReset, api.confirmPasswordResetRoute, { body }),
    changePassword: (request: TestRequest) =>
      send<Refusable>(changePassword, api.changePasswordRoute, request),
    requestEmail: (request: TestRequest) =>
      send<Refusable>(requestEmail, api.requestEmailChangeRoute, request),
    confirmEmail: (request: TestRequest) => send<Account>(confirmEmail, api.confirmEmailChangeRoute, request),
  };
}
