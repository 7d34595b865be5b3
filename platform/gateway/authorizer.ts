import type { AuthorizerSpec } from '../../build/deployment.ts';
import { functionNameOf, type Invoke } from '../host/invoke.ts';
import { type MethodPolicy, parsePolicy } from './authorizer-policy.ts';
import type { GatewayResponseType } from './gateway-response.ts';
import type { EventFrame } from './proxy-event.ts';

/** The authorizer's context for the function, or the gateway response that replaces the function's. */
export type Authorization =
  | { ok: true; context: Record<string, string> }
  | { ok: false; type: GatewayResponseType; message: string };

export type Authorizer = {
  check: (frame: EventFrame, methodArn: string) => Promise<Authorization>;
  /** Deletes all cached policies, when the authorizer's code changed. */
  clearCache: () => void;
};

type Policy = { ok: true; evaluate: MethodPolicy; context: Record<string, string> };
type Denied = Extract<Authorization, { ok: false }>;

/** The cache is cleared above this size; each entry is one access token, which is valid for minutes. */
const maxCached = 10_000;

const denied = (type: GatewayResponseType, message: string): Denied => ({ ok: false, type, message });
const unauthorized = denied('UNAUTHORIZED', 'Unauthorized');
const brokenAuthorizer = denied('AUTHORIZER_CONFIGURATION_ERROR', 'Internal server error');

/**
 * A Lambda authorizer as API Gateway runs it. A request without an identity source gets 401 and does not reach the
 * function. A policy is cached for the TTL under the values of its identity sources and evaluated for each method. The
 * error `Unauthorized` is 401, any other failure 500.
 */
export function lambdaAuthorizer(spec: AuthorizerSpec, invoke: Invoke, now = Date.now): Authorizer {
  const functionName = functionNameOf(spec.functionArn);
  const sources = spec.identitySource.map(identitySource);
  const cache = new Map<string, { result: Promise<Policy | Denied>; expiresAt: number }>();

  const callFunction = async (frame: EventFrame, methodArn: string): Promise<Policy | Denied> => {
    const event = { type: 'REQUEST', methodArn, ...frame };
    const { payload, failure } = await invoke(functionName, JSON.stringify(event));
    if (failure === undefined) return parseResult(JSON.parse(payload)) ?? brokenAuthorizer;
    const { errorMessage } = JSON.parse(payload) as { errorMessage?: string };
    return errorMessage === 'Unauthorized'
      ? unauthorized
      : denied('AUTHORIZER_FAILURE', 'Internal server error');
  };

  const cachedResult = (identity: string, frame: EventFrame, methodArn: string) => {
    if (spec.ttlSeconds === 0) return callFunction(frame, methodArn);
    const cached = cache.get(identity);
    if (cached !== undefined && cached.expiresAt > now()) return cached.result;
    if (cache.size >= maxCached) cache.clear();
    const result = callFunction(frame, methodArn);
    cache.set(identity, { result, expiresAt: now() + spec.ttlSeconds * 1_000 });
    const remove = () => void cache.delete(identity);
    // Only policies stay in the cache: after a denial or a failure the function is called again.
    result.then(({ ok }) => !ok && remove(), remove);
    return result;
  };

  return {
    async check(frame, methodArn) {
      const identity = sources.map((source) => source(frame) ?? '');
      if (identity.includes('')) return unauthorized;
      const result = await cachedResult(identity.join('\n'), frame, methodArn);
      if (!result.ok) return result;
      const { allowed, explicitDeny } = result.evaluate(methodArn);
      if (allowed) return { ok: true, context: result.context };
      const explicitly = explicitDeny ? ' with an explicit deny' : '';
      return denied('ACCESS_DENIED', `User is not authorized to access this resource${explicitly}`);
    },
    clearCache: () => cache.clear(),
  };
}

/** `method.request.header.Authorization`, the name regardless of case. */
function identitySource(expression: string): (frame: EventFrame) => string | undefined {
  const name = /^method\.request\.header\.(.+)$/.exec(expression)?.[1];
  if (name === undefined) throw new Error(`the identity source ${expression} is not a header`);
  const lower = name.toLowerCase();
  return (frame) => {
    for (const header in frame.headers) if (header.toLowerCase() === lower) return frame.headers[header];
    return undefined;
  };
}

/** Context values reach the function as strings, with the principal; nested values make the result invalid. */
function parseResult(result: unknown): Policy | undefined {
  const { principalId, policyDocument, context } = (result ?? {}) as Record<string, unknown>;
  const evaluate = parsePolicy(policyDocument);
  if (typeof principalId !== 'string' || evaluate === undefined) return undefined;
  const strings: Record<string, string> = { principalId };
  for (const [name, value] of Object.entries(context ?? {})) {
    if (typeof value === 'object' && value !== null) return undefined;
    if (value !== null && value !== undefined) strings[name] = String(value);
  }
  return { ok: true, evaluate, context: strings };
}
