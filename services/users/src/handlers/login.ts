import { httpHandler } from '#shared/lambda/http.ts';
import { loginRoute } from '../api.ts';
import {
  accounts,
  clock,
  devices,
  factorsIn,
  hashes,
  inTransaction,
  issueAccessToken,
  limits,
  passwords,
  secondFactorSecrets,
  sessions,
} from '../app.ts';
import { tokensResponse } from '../views.ts';
import { signIn } from '../workflows/sign-in.ts';

/** Signs in. */
export const handler = httpHandler(
  loginRoute,
  async ({ body: { email, password, code, deviceToken }, client, cause, limits: requestLimits }) => {
    const deps = {
      accounts: accounts(),
      devices: devices(),
      limits: limits(),
      requestLimits,
      passwords,
      hashes: hashes(),
      sessions: sessions(),
      inTransaction: inTransaction(),
      factorsIn,
      secrets: secondFactorSecrets(),
      issueAccessToken: issueAccessToken(),
      clock,
    };
    return tokensResponse(await signIn(deps, { email, password, code, deviceToken, client, cause }));
  },
  limits,
);
