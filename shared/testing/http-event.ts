import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { permissionsOf, type Role } from '../auth/permissions.ts';
import type { Route } from '../http/route.ts';

/** A request to a route; parts that are not given are missing. */
export type TestRequest = {
  params?: Record<string, string>;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent unchanged. */
  body?: unknown;
  /** The caller that the authorizer passes; missing on a public route. */
  caller?: { userId: string; roles?: readonly Role[]; sessionId?: string; expiresAt?: number };
  /** The client's address; 127.0.0.1 unless given. */
  address?: string;
};

/** API Gateway's proxy event, version 1.0, for a request to a route. */
export function httpEvent(route: Route, request: TestRequest = {}): APIGatewayProxyEvent {
  const { params = {}, query = {}, headers = {}, body } = request;
  const multiValueQuery = Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, [value].flat()]),
  );
  const allHeaders = body === undefined ? headers : { 'Content-Type': 'application/json', ...headers };
  return {
    resource: route.path,
    path: route.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''),
    httpMethod: route.method,
    headers: allHeaders,
    multiValueHeaders: Object.fromEntries(Object.entries(allHeaders).map(([name, value]) => [name, [value]])),
    queryStringParameters:
      Object.keys(query).length === 0
        ? null
        : Object.fromEntries(Object.entries(multiValueQuery).map(([name, values]) => [name, values.at(-1)!])),
    multiValueQueryStringParameters: Object.keys(query).length === 0 ? null : multiValueQuery,
    pathParameters: Object.keys(params).length === 0 ? null : params,
    stageVariables: null,
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: requestContext(route, request),
  };
}

function requestContext(
  route: Route,
  { caller, address = '127.0.0.1' }: TestRequest,
): APIGatewayProxyEvent['requestContext'] {
  const { userId, roles = ['customer'], sessionId = randomUUID(), expiresAt } = caller ?? {};
  return {
    accountId: '000000000000',
    apiId: 'test',
    authorizer:
      userId === undefined
        ? null
        : {
            principalId: userId,
            userId,
            permissions: [...permissionsOf(roles)].join(','),
            sessionId,
            ...(expiresAt === undefined ? {} : { expiresAt: String(expiresAt) }),
          },
    httpMethod: route.method,
    identity: { sourceIp: address } as APIGatewayProxyEvent['requestContext']['identity'],
    path: route.path,
    protocol: 'HTTP/1.1',
    requestId: randomUUID(),
    requestTimeEpoch: Date.now(),
    resourceId: 'test',
    resourcePath: route.path,
    stage: 'test',
  };
}

/** The Lambda context of an invocation. */
export const lambdaContext = (functionName = 'test'): Context => {
  const endsAt = Date.now() + 10_000;
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'test',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
};

/** A response with parsed body and lower-case header names. */
export type TestResponse<Body> = { status: number; headers: Record<string, string>; body: Body };

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Sends a request to a handler as API Gateway does, and parses the response. */
export async function send<Body = Record<string, unknown>>(
  handler: Handler,
  route: Route,
  request: TestRequest = {},
): Promise<TestResponse<Body>> {
  const { statusCode, headers = {}, body } = await handler(httpEvent(route, request), lambdaContext());
  return {
    status: statusCode,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    body: (body === '' ? undefined : JSON.parse(body)) as Body,
  };
}
