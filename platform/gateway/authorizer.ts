import type { AuthorizerSpec } from '../../build/deployment.ts';
import type { Invoke } from '../host/invoke.ts';
import { type Policy, readPolicy } from './authorizer-policy.ts';
import type { GatewayResponseType } from './gateway-response.ts';
import type { EventFrame } from './proxy-event.ts';

/** What an authorizer came to: who it is, or the gateway's answer in its place. */
export type Authorization =
  | { ok: true; context: Record<string, string> }
  | { ok: false; type: GatewayResponseType; message: string };

export type Authorizer = {
  check: (frame: EventFrame, methodArn: string) => Promise<Authorization>;
  /** Forgets every cached policy, when the authorizer's code changed. */
  clearCache: () => void;
};

type AuthorizerResult = { policy: Policy; context: Record<string, string> };
type Refusal = Extract<Authorization, { ok: false }>;

/** Cached policies above which the cache is emptied; each is a token that lives for minutes. */
const maxCached = 10_000;

const unauthorized: Refusal = { ok: false, type: 'UNAUTHORIZED', message: 'Unauthorized' };
const brokenAuthorizer: Refusal = {
  ok: false,
  type: 'AUTHORIZER_CONFIGURATION_ERROR',
  message: 'Internal server error',
};

/**
 * A Lambda authorizer as API Gateway runs it: without an identity source it is not asked (401); its policy is kept
 * for the TTL under the values of its identity sources and evaluated anew for each method; the error `Unauthorized`
 * is 401, any other failure 500.
 */
export function lambdaAuthorizer(spec: AuthorizerSpec, invoke: Invoke, now = Date.now): Authorizer {
  const functionName = spec.functionArn.split(':function:')[1]?.split(':')[0] ?? spec.functionArn;
  const sources = spec.identitySource.map(identitySource);
  const cache = new Map<string, { result: Promise<AuthorizerResult | Refusal>; until: number }>();

  const ask = async (frame: EventFrame, methodArn: string): Promise<AuthorizerResult | Refusal> => {
    const event =
      spec.type === 'TOKEN'
        ? { type: 'TOKEN', methodArn, authorizationToken: sources[0]?.(frame) ?? '' }
        : { type: 'REQUEST', methodArn, ...frame };
    const { payload, failure } = await invoke(functionName, JSON.stringify(event));
    if (failure === undefined) return parseResult(JSON.parse(payload)) ?? brokenAuthorizer;
    const { errorMessage } = JSON.parse(payload) as { errorMessage?: string };
    if (errorMessage === 'Unauthorized') return unauthorized;
    return { ok: false, type: 'AUTHORIZER_FAILURE', message: 'Internal server error' };
  };

  const cachedResult = (identity: string, frame: EventFrame, methodArn: string) => {
    if (spec.ttlSeconds === 0) return ask(frame, methodArn);
    const known = cache.get(identity);
    if (known !== undefined && known.until > now()) return known.result;
    if (cache.size >= maxCached) cache.clear();
    const result = ask(frame, methodArn);
    cache.set(identity, { result, until: now() + spec.ttlSeconds * 1_000 });
    const forget = () => void cache.delete(identity);
    // Only a policy is kept: a refusal or a failure is asked again.
    result.then((result) => 'ok' in result && forget(), forget);
    return result;
  };

  return {
    async check(frame, methodArn) {
      const identity: string[] = [];
      for (const source of sources) {
        const value = source(frame);
        if (value === undefined || value === '') return unauthorized;
        identity.push(value);
      }
      const result = await cachedResult(identity.join('\n'), frame, methodArn);
      if ('ok' in result) return result;
      const decision = result.policy(methodArn);
      if (decision === 'allow') return { ok: true, context: result.context };
      const explicitly = decision === 'explicit-deny' ? ' with an explicit deny' : '';
      const message = `User is not authorized to access this resource${explicitly}`;
      return { ok: false, type: 'ACCESS_DENIED', message };
    },
    clearCache: () => cache.clear(),
  };
}

/** `method.request.header.Authorization`, `….querystring.x`, `context.x`; header names regardless of case. */
function identitySource(expression: string): (frame: EventFrame) => string | undefined {
  const [, kind, name = ''] =
    /^(?:method\.request\.(header|querystring)|context)\.(.+)$/.exec(expression) ?? [];
  if (name === '') throw new Error(`unknown identity source ${expression}`);
  if (kind === 'querystring') return (frame) => frame.queryStringParameters?.[name];
  if (kind === undefined) {
    return (frame) => {
      const value = name
        .split('.')
        .reduce<unknown>(
          (at, key) => (at as Record<string, unknown> | undefined)?.[key],
          frame.requestContext,
        );
      return value === undefined || value === null ? undefined : String(value);
    };
  }
  const lower = name.toLowerCase();
  return (frame) => {
    for (const header in frame.headers) if (header.toLowerCase() === lower) return frame.headers[header];
    return undefined;
  };
}

/** The context reaches the function as strings, beside the principal; nested values break the authorizer. */
function parseResult(answer: unknown): AuthorizerResult | undefined {
  const { principalId, policyDocument, context = {} } = (answer ?? {}) as Record<string, unknown>;
  const policy = readPolicy(policyDocument);
  if (typeof principalId !== 'string' || policy === undefined) return undefined;
  const texts: Record<string, string> = { principalId };
  for (const [name, value] of Object.entries(context ?? {})) {
    if (typeof value === 'object' && value !== null) return undefined;
    if (value !== null && value !== undefined) texts[name] = String(value);
  }
  return { policy, context: texts };
}
