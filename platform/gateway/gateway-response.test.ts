import type { RestApiSpec } from '../../build/deployment.ts';
import { gatewayResponses } from './gateway-response.ts';
import { compilePreflight } from './preflight.ts';
import { compileTemplate } from './velocity-template.ts';

describe('a gateway template', () => {
  test('is filled from $context in every syntax', () => {
    const fill = compileTemplate(
      `{"a":"$context.requestId","b":$context.error.messageString,"c":"\${context.stage}","d":"$!context.none"}`,
    );
    expect(fill({ requestId: 'r-1', 'error.messageString': '"no \\"way\\""', stage: 'local' })).toBe(
      '{"a":"r-1","b":"no \\"way\\"","c":"local","d":""}',
    );
  });

  test('may contain dollars and hashes that are not VTL', () => {
    expect(compileTemplate('costs 5$ #1 $1')({})).toBe('costs 5$ #1 $1');
  });

  test.each(['#set($x = 1)', '$input.body', '$util.escapeJavaScript("x")', `\${stageVariables.x}`])(
    'is refused when it uses %s',
    (source) => {
      expect(() => compileTemplate(source)).toThrow('of which only $context is known');
    },
  );
});

describe("the gateway's own response", () => {
  const api = {
    stack: 'orders',
    gatewayResponses: [
      {
        responseType: 'UNAUTHORIZED',
        statusCode: '401',
        headers: { 'X-Why': "'sign in'" },
        templates: { 'application/json': '{"code":"U"}' },
      },
      {
        responseType: 'DEFAULT_4XX',
        headers: {},
        templates: {
          'application/json': '{"detail":$context.error.messageString,"type":"$context.error.responseType"}',
        },
      },
    ],
  } as unknown as RestApiSpec;
  const responseOf = gatewayResponses(api);

  test('is the one of its type', () => {
    expect(responseOf('UNAUTHORIZED', 'Unauthorized', {})).toEqual({
      status: 401,
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Why', 'sign in'],
      ],
      body: '{"code":"U"}',
    });
  });

  test('falls back to the default of its class, with the status of AWS', () => {
    const response = responseOf('REQUEST_TOO_LARGE', 'Request Too Long', {});
    expect([response.status, response.body]).toEqual([
      413,
      '{"detail":"Request Too Long","type":"REQUEST_TOO_LARGE"}',
    ]);
    expect(responseOf('INTEGRATION_TIMEOUT', 'late', {})).toMatchObject({
      status: 504,
      body: '{"message":"late"}',
    });
  });
});

describe('a preflight', () => {
  const headers = { 'Access-Control-Allow-Origin': "'https://a.example'", 'Access-Control-Max-Age': "'600'" };

  test('has the fixed headers of its template', () => {
    expect(Object.fromEntries(compilePreflight([{ statusCode: 200, headers }], 'orders').headers)).toEqual({
      'Access-Control-Allow-Origin': 'https://a.example',
      'Access-Control-Max-Age': '600',
    });
  });

  test('with a template to evaluate fails at the start', () => {
    expect(() =>
      compilePreflight([{ statusCode: 200, headers, body: '#foreach($x in $y) #end' }], 'orders'),
    ).toThrow('orders: the template of the mock integration');
  });
});
