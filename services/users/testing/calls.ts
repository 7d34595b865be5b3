import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import type { Account, Refusable, Tokens } from './users-service.ts';

/** Further functions of the service, loaded after `usersService()` has set the environment. */
export async function furtherCalls() {
  const api = await import('../src/api.ts');
  const { handler: refresh } = await import('../src/handlers/refresh.ts');
  const { handler: logout } = await import('../src/handlers/logout.ts');
  const { handler: getMe } = await import('../src/handlers/get-me.ts');
  const { handler: updateMe } = await import('../src/handlers/update-me.ts');
  const { handler: listSessions } = await import('../src/handlers/list-sessions.ts');
  const { handler: revokeSession } = await import('../src/handlers/revoke-session.ts');
  const { handler: revokeOthers } = await import('../src/handlers/revoke-other-sessions.ts');
  const { handler: verify } = await import('../src/handlers/verify-email.ts');
  const { handler: resend } = await import('../src/handlers/resend-verification.ts');
  const { handler: createKey } = await import('../src/handlers/create-api-key.ts');
  const { handler: listKeys } = await import('../src/handlers/list-api-keys.ts');
  const { handler: revokeKey } = await import('../src/handlers/revoke-api-key.ts');
  const { handler: getJwks } = await import('../src/handlers/get-jwks.ts');
  const { handler: authorizer } = await import('../src/handlers/authorizer.ts');
  return {
    refresh: (refreshToken: string, address = '127.0.0.1') =>
      send<Tokens>(refresh, api.refreshRoute, { body: { refreshToken }, address }),
    logout: (refreshToken: string) => send(logout, api.logoutRoute, { body: { refreshToken } }),
    getMe: (request: TestRequest) => send<Account>(getMe, api.getMeRoute, request),
    updateMe: (request: TestRequest) => send<Account>(updateMe, api.updateMeRoute, request),
    listSessions: (request: TestRequest) => send<SessionPage>(listSessions, api.listSessionsRoute, request),
    revokeSession: (request: TestRequest) =>
      send<{ code?: string }>(revokeSession, api.revokeSessionRoute, request),
    revokeOthers: (request: TestRequest) => send(revokeOthers, api.revokeOtherSessionsRoute, request),
    verifyEmail: (body: unknown) => send<Tokens>(verify, api.verifyEmailRoute, { body }),
    resendVerification: (email: unknown) =>
      send<Refusable>(resend, api.resendVerificationRoute, { body: { email } }),
    createKey: (request: TestRequest) => send<CreatedKey>(createKey, api.createApiKeyRoute, request),
    listKeys: (request: TestRequest) => send<KeyPage>(listKeys, api.listApiKeysRoute, request),
    revokeKey: (request: TestRequest) => send<{ code?: string }>(revokeKey, api.revokeApiKeyRoute, request),
    getJwks: () => send<{ keys: Record<string, string>[] }>(getJwks, api.getJwksRoute),
    authorize: (authorization?: string): Promise<APIGatewayAuthorizerResult> =>
      authorizer(authorizerEvent(authorization), lambdaContext()),
  };
}

/** The ARN of the route that the authorizer is asked about. */
export const methodArn = 'arn:aws:execute-api:eu-west-1:000000000000:abc123/dev/GET/api/v1/orders/42';

const authorizerEvent = (authorization: string | undefined): APIGatewayRequestAuthorizerEvent => ({
  type: 'REQUEST',
  methodArn,
  resource: '/api/v1/orders/{id}',
  path: '/api/v1/orders/42',
  httpMethod: 'GET',
  headers: authorization === undefined ? {} : { authorization },
  multiValueHeaders: null,
  pathParameters: null,
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  stageVariables: null,
  requestContext: {} as APIGatewayRequestAuthorizerEvent['requestContext'],
});

/** A page of sessions as the API returns it. */
export type SessionPage = {
  items: {
    id: string;
    device: string;
    clientAddress: string;
    createdAt: string;
    lastUsedAt: string;
    expiresAt: string;
    current: boolean;
  }[];
  nextCursor?: string;
  errors?: { field: string }[];
};

/** An API key as the API returns it. */
export type Key = {
  id: string;
  name: string;
  permissions: string[];
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  lastUsedAt?: string;
};
export type CreatedKey = Key & { key: string; code?: string; errors?: { field: string }[] };
export type KeyPage = { items: Key[]; nextCursor?: string; errors?: { field: string }[] };
