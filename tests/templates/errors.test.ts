import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentOf } from '../../build/compiled.ts';
import type { GatewayResponseSpec, RestApiSpec } from '../../build/deployment.ts';
import { everyError } from '../../build/docs/errors-table.ts';
import { serviceRoutes } from '../../build/docs/service-routes.ts';
import { root } from '../../build/stacks.ts';
import { compileTemplate } from '../../platform/gateway/velocity-template.ts';
import { errorCodes } from '../../shared/error-codes.ts';
import { statusOf } from '../../shared/http/status.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { at, compileTimeoutMs, nameOf, ofType, stageOf, stages } from './stage.ts';

type Problem = { type: string; title: string; status?: number; code: string; detail: string };

/** `{ OUT_OF_STOCK: { status: 409, title: … } }`, as documented in docs/errors.md. */
const documented: Record<string, { status: number; title: string }> = Object.fromEntries(
  [...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `(\w+)` \| (\d+) \| (.+?) \|/gm)].map(
    ([, code, status, title]) => [code, { status: Number(status), title }],
  ),
);

/**
 * Responses that API Gateway generates, by its names for them
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html); the last two
 * apply to all others.
 */
const codes: Record<string, string> = {
  ACCESS_DENIED: 'FORBIDDEN',
  AUTHORIZER_FAILURE: 'UNAVAILABLE',
  INTEGRATION_TIMEOUT: 'TIMEOUT',
  MISSING_AUTHENTICATION_TOKEN: 'ROUTE_NOT_FOUND',
  REQUEST_TOO_LARGE: 'REQUEST_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  THROTTLED: 'TOO_MANY_REQUESTS',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  WAF_FILTERED: 'FORBIDDEN',
  DEFAULT_4XX: 'BAD_REQUEST',
  DEFAULT_5XX: 'INTERNAL',
};
const standsForOthers = (type: string): boolean => type.startsWith('DEFAULT_');

/** The body of a problem with a code, as docs/errors.md has it. */
const problemOf = (code: string, withStatus = true) => ({
  type: `urn:shop:error:${code}`,
  title: documented[code]?.title,
  code,
  detail: expect.stringMatching(/\S/),
  ...(withStatus ? { status: documented[code]?.status } : {}),
});

const bodyOf = ({ templates }: GatewayResponseSpec): Problem =>
  JSON.parse(
    compileTemplate(templates['application/json'] ?? '')({
      requestId: 'r-1',
      'error.messageString': JSON.stringify('Invalid "request"'),
    }),
  ) as Problem;

describe('docs/errors.md has', () => {
  test('every error that the code declares, with its status and title', async () => {
    const declared = (await everyError()).map((kind) => [
      kind.code,
      { status: statusOf(kind), title: kind.title },
    ]);
    expect(nonEmpty(declared).length).toBeGreaterThan(20);
    expect(documented).toEqual(Object.fromEntries(declared));
  });

  test('every code of the union ErrorCode, and no other', () => {
    expect(Object.keys(documented).toSorted()).toEqual(errorCodes.toSorted());
  });

  test('every error that a route names', async () => {
    const named = (await serviceRoutes())
      .flatMap(({ routes }) => routes)
      .flatMap(({ name, errors = [] }) => errors.map((kind) => ({ name, kind })));
    for (const { name, kind } of nonEmpty(named))
      expect([name, kind.code, { status: statusOf(kind), title: kind.title }]).toEqual([
        name,
        kind.code,
        documented[kind.code],
      ]);
  });
});

describe.each(stages)('in %s', (stage) => {
  let apis: RestApiSpec[];
  beforeAll(async () => {
    ({ apis } = await deploymentOf(stage));
  }, compileTimeoutMs);

  test('gateway responses have the problems of docs/errors.md', () => {
    expect(apis).not.toEqual([]);
    for (const { stack, gatewayResponses } of apis)
      expect(gatewayResponses.map((each) => [stack, each.responseType, bodyOf(each)])).toEqual(
        gatewayResponses.map(({ responseType: type }) => [
          stack,
          type,
          { ...problemOf(codes[type] ?? 'unknown', !standsForOthers(type)), requestId: 'r-1' },
        ]),
      );
  });

  test('browsers may read every gateway response, and its Retry-After', () => {
    for (const { stack, gatewayResponses } of nonEmpty(apis))
      for (const { responseType, headers } of nonEmpty(gatewayResponses))
        expect([stack, responseType, headers]).toEqual([
          stack,
          responseType,
          expect.objectContaining({ 'Access-Control-Allow-Origin': "'*'" }),
        ]);
  });

  test('a gateway response with status 401 says how to authenticate', () => {
    for (const { stack, gatewayResponses } of nonEmpty(apis))
      expect([
        stack,
        nonEmpty(gatewayResponses.filter(({ statusCode }) => statusCode === '401')).map(
          ({ headers }) => headers['WWW-Authenticate'],
        ),
      ]).toEqual([stack, [`'Bearer realm="shop"'`]]);
  });

  test('every gateway response exists, with the status of its body and the media type of problems', () => {
    const wanted = Object.entries(codes).map(([type, code]) => ({
      type,
      // A default without a status keeps that of the response that it replaces.
      status: standsForOthers(type) ? undefined : String(documented[code]?.status),
      contentType: "'application/problem+json'",
      templates: ['application/json'],
    }));
    for (const { stack, gatewayResponses } of nonEmpty(apis)) {
      const found = gatewayResponses.map(({ responseType, statusCode, headers, templates }) => ({
        type: responseType,
        status: statusCode,
        contentType: headers['Content-Type'],
        templates: Object.keys(templates),
      }));
      expect([stack, new Set(found)]).toEqual([stack, new Set(wanted)]);
    }
  });
});

test(
  'the firewall of the APIs refuses with the same problems, with the status of its body',
  async () => {
    const firewalls = ofType(await stageOf('prod'), 'AWS::WAFv2::WebACL').filter(
      (each) => at(each, 'Scope') === 'REGIONAL',
    );
    expect(firewalls).not.toEqual([]);
    for (const firewall of firewalls) {
      const bodies = at(firewall, 'CustomResponseBodies') as Record<string, { Content: string }>;
      const rules = at(firewall, 'Rules') as {
        Action?: { Block?: { CustomResponse?: { ResponseCode: number; CustomResponseBodyKey?: string } } };
      }[];
      const responses = rules.flatMap(({ Action }) => Action?.Block?.CustomResponse ?? []);
      expect([nameOf(firewall), responses.length]).not.toEqual([nameOf(firewall), 0]);
      for (const { ResponseCode, CustomResponseBodyKey = '' } of responses) {
        const body = JSON.parse(bodies[CustomResponseBodyKey]?.Content ?? '') as Problem;
        expect([body, ResponseCode]).toEqual([problemOf(body.code), body.status]);
      }
    }
  },
  compileTimeoutMs,
);
