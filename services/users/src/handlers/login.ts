import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { loginRoute } from '../api.ts';
import { accounts, attempts, clock, issueAccessToken, passwordMatches, sessions } from '../app.ts';
import { InvalidCredentials } from '../domain/errors.ts';
import { toTokens } from '../domain/tokens-view.ts';

/** Signs in: the same answer and the same work whether the account is not there or the password is wrong. */
export const handler = httpHandler(loginRoute, async ({ body: { email, password } }) => {
  const now = clock();
  await attempts().count(email, now);
  const found = await accounts().byEmail(email);
  if (!(await passwordMatches(password, found?.passwordHash)) || found === undefined)
    throw new InvalidCredentials('E-mail address or password is wrong.');
  const accessToken = await issueAccessToken()(found.user, now);
  await attempts().forget(email);
  const { refreshToken } = await sessions().open(found.user, now);
  return ok(toTokens(accessToken, refreshToken));
});
