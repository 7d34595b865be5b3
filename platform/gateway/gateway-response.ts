import type { GatewayResponseSpec, RestApiSpec } from '../../build/deployment.ts';
import type { HttpResponse } from './proxy-response.ts';
import { compileTemplate, type TemplateContext, type TemplateRenderer } from './velocity-template.ts';

/** A response that the gateway creates itself; AWS's names and statuses. */
export type GatewayResponseType = keyof typeof defaultStatus;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const defaultStatus = {
  ACCESS_DENIED: 403,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_PARAMETERS: 400,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  MISSING_AUTHENTICATION_TOKEN: 403,
  REQUEST_TOO_LARGE: 413,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  /** A request that cannot be parsed. */
  DEFAULT_4XX: 400,
  /** Used for a failed function and for a malformed result, with 502. */
  DEFAULT_5XX: 502,
} as const;

export type GatewayResponses = (
  type: GatewayResponseType,
  message: string,
  context: TemplateContext,
) => HttpResponse;

type Compiled = { status: number | undefined; headers: [string, TemplateRenderer][]; body: TemplateRenderer };

/** The API's gateway responses by type, from its templates; DEFAULT_4XX and DEFAULT_5XX replace missing types. */
export function gatewayResponses(api: RestApiSpec): GatewayResponses {
  const compiled = new Map<string, Compiled>();
  for (const spec of api.gatewayResponses) compiled.set(spec.responseType, compile(api, spec));
  const standard: Compiled = {
    status: undefined,
    headers: [['Content-Type', () => 'application/json']],
    body: compileTemplate('{"message":$context.error.messageString}'),
  };
  return (type, message, context) => {
    const standardStatus = defaultStatus[type];
    const response =
      compiled.get(type) ?? compiled.get(standardStatus < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX') ?? standard;
    const filled = {
      ...context,
      'error.message': message,
      'error.messageString': JSON.stringify(message),
      'error.responseType': type,
    };
    return {
      status: response.status ?? standardStatus,
      headers: response.headers.map(([name, value]) => [name, value(filled)]),
      body: response.body(filled),
    };
  };
}

function compile(api: RestApiSpec, spec: GatewayResponseSpec): Compiled {
  const where = `${api.stack}: gateway response ${spec.responseType}`;
  const [type, source] = Object.entries(spec.templates)[0] ?? [
    'application/json',
    '{"message":$context.error.messageString}',
  ];
  const headers = Object.entries(spec.headers).map(([name, value]): [string, TemplateRenderer] => [
    name,
    headerValue(value, where),
  ]);
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type')) {
    headers.unshift(['Content-Type', () => type]);
  }
  try {
    const status = spec.statusCode === undefined ? undefined : Number(spec.statusCode);
    return { status, headers, body: compileTemplate(source) };
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
}

/** A header value is a literal in single quotes or `context.…` (API Gateway's parameter mapping). */
function headerValue(value: string, where: string): TemplateRenderer {
  const literal = /^'(.*)'$/s.exec(value)?.[1];
  if (literal !== undefined) return () => literal;
  const variable = /^context\.(.+)$/.exec(value)?.[1];
  if (variable !== undefined) return (context) => context[variable] ?? '';
  if (/^(method|stageVariables)\./.test(value))
    throw new Error(`${where}: header mapping ${value} is not supported`);
  return () => value;
}
