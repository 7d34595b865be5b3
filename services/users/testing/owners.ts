import { decodeJwt } from 'jose';
import type { furtherCalls } from './calls.ts';
import { aRegistration, type usersService } from './users-service.ts';

type Calls = Awaited<ReturnType<typeof furtherCalls>>;

/** Accounts whose owners are signed in: `const anOwner = owners(users, calls);`. */
export const owners = (users: Awaited<ReturnType<typeof usersService>>, { authorize, refresh }: Calls) =>
  async function anOwner() {
    const { email, password } = aRegistration();
    const { id: userId } = await users.createAccount({ email, password });
    const signIn = async (with_ = { email, password }) => {
      const { status, body } = await users.login(with_);
      if (status !== 200) return undefined;
      const sessionId = String(decodeJwt(body.accessToken)['sid']);
      return {
        caller: { userId, sessionId },
        /** Whether both tokens of the session still work. */
        works: async () => {
          const authorized = await authorize(`Bearer ${body.accessToken}`).then(
            () => true,
            () => false,
          );
          return authorized && (await refresh(body.refreshToken)).status === 200;
        },
      };
    };
    const session = await signIn();
    if (session === undefined) throw new Error('a new account cannot sign in');
    return { userId, email, password, session, caller: session.caller, signIn };
  };
