import { send, type TestRequest } from '#shared/testing/http-event.ts';
import { codeAt } from '../src/domain/totp.ts';
import type { Account } from './users-service.ts';

/** The functions of the own second factor, loaded after `usersService()` has set the environment. */
export async function secondFactorCalls() {
  const api = await import('../src/api.ts');
  const { handler: get } = await import('../src/handlers/get-second-factor.ts');
  const { handler: enrol } = await import('../src/handlers/enrol-second-factor.ts');
  const { handler: confirm } = await import('../src/handlers/confirm-second-factor.ts');
  const { handler: remove } = await import('../src/handlers/remove-second-factor.ts');
  return {
    get: (request: TestRequest) =>
      send<Failure & { state: string; required: boolean; recoveryCodes: number }>(
        get,
        api.getSecondFactorRoute,
        request,
      ),
    enrol: (request: TestRequest) =>
      send<Failure & { secret: string; uri: string }>(enrol, api.enrolSecondFactorRoute, request),
    confirm: (request: TestRequest) =>
      send<Failure & { recoveryCodes: string[] }>(confirm, api.confirmSecondFactorRoute, request),
    remove: (request: TestRequest) => send<Failure>(remove, api.removeSecondFactorRoute, request),
  };
}

type Failure = Pick<Account, 'code' | 'errors'>;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The device that a user has set up with a secret, in base32. `steps`: of 30 seconds from now. */
export const deviceCode = (secret: string, steps = 0): string => {
  const bits = [...secret].map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((each) => Number.parseInt(each, 2)));
  return codeAt(bytes, new Date(Date.now() + steps * 30_000));
};
