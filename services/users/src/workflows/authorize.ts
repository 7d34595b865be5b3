import { type Caller, permissionsOf } from '#shared/auth/permissions.ts';
import type { Clock } from '#shared/clock.ts';
import type { ReadSessionAccess } from '../adapters/session-access.ts';
import type { VerifyToken } from '../adapters/token-verifier.ts';

/** What the workflow uses. */
export type AuthorizeDeps = {
  verifyToken: VerifyToken;
  readSessionAccess: ReadSessionAccess;
  clock: Clock;
};

/** A caller with the permissions it has now, or why its credential is refused. */
export type Authorized =
  | { kind: 'allowed'; caller: Caller; expiresAt: Date }
  | { kind: 'refused'; reason: string };

/**
 * Identifies the caller of a request. Each time the session and the roles are read: ending a session, disabling an
 * account and changing roles take effect as soon as API Gateway asks again.
 */
export async function authorize(deps: AuthorizeDeps, token: string): Promise<Authorized> {
  const { verifyToken, readSessionAccess, clock } = deps;
  const now = clock();
  const result = await verifyToken(token, now);
  if (result.kind !== 'valid')
    return { kind: 'refused', reason: result.kind === 'invalid' ? result.reason : result.kind };
  const { userId, sessionId } = result.holder;
  const access = await readSessionAccess(result.holder, now);
  if (access === undefined) return { kind: 'refused', reason: 'session-ended' };
  return {
    kind: 'allowed',
    caller: {
      userId,
      permissions: permissionsOf(access.roles),
      credential: { kind: 'session', id: sessionId },
    },
    expiresAt: new Date(Math.min(result.expiresAt.getTime(), access.expiresAt.getTime())),
  };
}
