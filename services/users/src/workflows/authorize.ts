import { type Caller, permissionsOf, type Role } from '#shared/auth/permissions.ts';
import type { Clock } from '#shared/clock.ts';
import type { ReadKeyAccess } from '../adapters/api-key-store.ts';
import type { ReadSessionAccess } from '../adapters/session-access.ts';
import type { VerifyToken } from '../adapters/token-verifier.ts';
import { isApiKey, parseApiKey } from '../domain/api-key.ts';
import { rolesInSession } from '../domain/second-factor.ts';

/** What the workflow uses. */
export type AuthorizeDeps = {
  verifyToken: VerifyToken;
  readSessionAccess: ReadSessionAccess;
  readKeyAccess: ReadKeyAccess;
  /** Roles that need a second factor. */
  secondFactorRoles: readonly Role[];
  clock: Clock;
};

/** A caller with the permissions it has now, or why its credential is refused. */
export type Authorized =
  | { kind: 'allowed'; caller: Caller; expiresAt: Date }
  | { kind: 'refused'; reason: string };

/**
 * Identifies the caller of a request by an access token or an API key. Each time the session and the roles, or the key,
 * are read: ending a session, revoking a key, disabling an account and changing roles take effect as soon as API Gateway
 * asks again.
 */
export const authorize = (deps: AuthorizeDeps, credential: string): Promise<Authorized> =>
  isApiKey(credential) ? byKey(deps, credential) : byToken(deps, credential);

async function byToken(deps: AuthorizeDeps, token: string): Promise<Authorized> {
  const { verifyToken, readSessionAccess, clock } = deps;
  const now = clock();
  const result = await verifyToken(token, now);
  if (result.kind !== 'valid')
    return { kind: 'refused', reason: result.kind === 'invalid' ? result.reason : result.kind };
  const { userId, sessionId } = result.holder;
  const access = await readSessionAccess(result.holder, now);
  if (access === undefined) return { kind: 'refused', reason: 'session-ended' };
  const roles = rolesInSession(access.roles, deps.secondFactorRoles, access.secondFactorAt);
  return {
    kind: 'allowed',
    caller: {
      userId,
      permissions: permissionsOf(roles),
      credential: { kind: 'session', id: sessionId },
    },
    expiresAt: new Date(Math.min(result.expiresAt.getTime(), access.expiresAt.getTime())),
  };
}

async function byKey({ readKeyAccess, clock }: AuthorizeDeps, key: string): Promise<Authorized> {
  const parsed = parseApiKey(key);
  if (parsed === undefined) return { kind: 'refused', reason: 'api-key-form' };
  const access = await readKeyAccess(parsed, clock());
  if (access === undefined) return { kind: 'refused', reason: 'api-key-ended' };
  const { permissions, expiresAt } = access;
  const caller = { userId: parsed.id, permissions, credential: { kind: 'api-key' as const, id: parsed.id } };
  return { kind: 'allowed', caller, expiresAt };
}
