import type { Customer } from '../../../client/new-customer.ts';
import { deviceCode } from '../../../services/users/testing/second-factor.ts';

/** Activates a second factor of a customer; returns the code of the device by time, and the recovery codes. */
export async function withSecondFactor(customer: Customer) {
  const path = '/api/v1/users/me/second-factor';
  const body = { currentPassword: customer.password };
  const { secret } = await customer.call<{ secret: string }>('POST', path, { body });
  const { recoveryCodes } = await customer.call<{ recoveryCodes: string[] }>('POST', `${path}/confirmation`, {
    // Of the step before, so that the current one remains for a sign-in.
    body: { code: deviceCode(secret, -1) },
  });
  return { code: () => deviceCode(secret), recoveryCodes };
}
