import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type Caller, type Credential, isStaff, may, parsePermissions } from '../auth/permissions.ts';
import { Forbidden, Unauthenticated } from '../errors.ts';
import type { Actor } from '../events/event.ts';
import type { Route } from '../http/route.ts';

/** Where a request comes from: an IP address, and what the client says it is (`User-Agent`, at most 200 characters). */
export type Client = { address: string; userAgent: string };

const maxUserAgentLength = 200;

/**
 * The client of a request. The address is that of the connection, as API Gateway sees it: `X-Forwarded-For` can be
 * written by anybody.
 */
export const clientOf = (event: APIGatewayProxyEvent, headers: Record<string, string>): Client => ({
  address: event.requestContext?.identity?.sourceIp ?? 'unknown',
  userAgent: (headers['user-agent'] ?? '').slice(0, maxUserAgentLength),
});

/** The caller of a request without one; reading it throws Unauthenticated. */
export const notSignedIn: Caller = {
  get userId(): string {
    throw new Unauthenticated('Sign in first.');
  },
  get permissions(): never {
    throw new Unauthenticated('Sign in first.');
  },
  get credential(): never {
    throw new Unauthenticated('Sign in first.');
  },
};

/** The caller that the authorizer passed. */
export function callerOf(event: APIGatewayProxyEvent): Caller | undefined {
  const { userId, permissions, sessionId, apiKeyId } = event.requestContext?.authorizer ?? {};
  if (typeof userId !== 'string') return undefined;
  const credential: Credential =
    typeof apiKeyId === 'string'
      ? { kind: 'api-key', id: apiKeyId }
      : { kind: 'session', id: String(sessionId ?? '') };
  return { userId, permissions: parsePermissions(String(permissions ?? '')), credential };
}

/** Who a caller's changes are attributed to. */
export const actorOf = (caller: Caller): Actor => ({
  kind: caller.credential.kind === 'api-key' ? 'api-key' : isStaff(caller) ? 'staff' : 'customer',
  id: caller.userId,
});

/** The caller, if the route admits them. @throws Unauthenticated, Forbidden */
export function authorized(
  route: Route,
  event: APIGatewayProxyEvent,
  caller: Caller | undefined,
): Caller | undefined {
  const { expiresAt } = event.requestContext?.authorizer ?? {};
  // API Gateway caches the authorizer's result: it may outlive the token.
  if (expiresAt !== undefined && Number(expiresAt) * 1000 <= Date.now())
    throw new Unauthenticated('The access token has expired. Sign in or refresh.');
  if (route.access === 'public') return caller;
  if (caller === undefined) throw new Unauthenticated('Sign in first.');
  if (!may(caller, route.access)) throw new Forbidden('This account may not do that.');
  return caller;
}
