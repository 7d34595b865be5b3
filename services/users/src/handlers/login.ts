import { httpHandler } from '#shared/lambda/http.ts';
import { loginRoute } from '../api.ts';
import { accounts, attempts, clock, hashes, issueAccessToken, passwords, sessions } from '../app.ts';
import { tokensResponse } from '../views.ts';
import { signIn } from '../workflows/sign-in.ts';

/** Signs in. */
export const handler = httpHandler(loginRoute, async ({ body: { email, password } }) => {
  const deps = {
    accounts: accounts(),
    attempts: attempts(),
    passwords,
    hashes: hashes(),
    sessions: sessions(),
    issueAccessToken: issueAccessToken(),
    clock,
  };
  const { accessToken, refreshToken } = await signIn(deps, email, password);
  return tokensResponse(accessToken, refreshToken);
});
