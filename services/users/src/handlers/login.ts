import { httpHandler } from '#shared/lambda/http.ts';
import { loginRoute } from '../api.ts';
import { accounts, clock, devices, hashes, issueAccessToken, limits, passwords, sessions } from '../app.ts';
import { tokensResponse } from '../views.ts';
import { signIn } from '../workflows/sign-in.ts';

/** Signs in. */
export const handler = httpHandler(
  loginRoute,
  async ({ body: { email, password, deviceToken }, client, limits: requestLimits }) => {
    const deps = {
      accounts: accounts(),
      devices: devices(),
      limits: limits(),
      requestLimits,
      passwords,
      hashes: hashes(),
      sessions: sessions(),
      issueAccessToken: issueAccessToken(),
      clock,
    };
    return tokensResponse(await signIn(deps, { email, password, deviceToken, client }));
  },
  limits,
);
