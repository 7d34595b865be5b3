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
  const body = `#set($origin = $input.params("Origin"))
#if($origin == "") #set($origin = $input.params("origin")) #end
#if($origin.matches("https://a\\.example") || $origin.matches("https://.+\\.shop\\.example")) #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) #end`;
  const preflight = compilePreflight([{ statusCode: 200, headers, body }], 'orders');
  const allowed = (origin?: string) =>
    Object.fromEntries(preflight(origin).headers)['Access-Control-Allow-Origin'];

  test('returns the origin of the request if the template allows it', () => {
    expect(allowed('https://www.shop.example')).toBe('https://www.shop.example');
    expect(allowed('https://a.example')).toBe('https://a.example');
  });

  test('returns the fixed origin otherwise', () => {
    expect(allowed('https://evil.example')).toBe('https://a.example');
    expect(allowed('https://www.shop.example.evil')).toBe('https://a.example');
    expect(allowed()).toBe('https://a.example');
  });

  test('with any other template fails at the start', () => {
    expect(() =>
      compilePreflight([{ statusCode: 200, headers, body: '#foreach($x in $y) #end' }], 'orders'),
    ).toThrow('orders: the mock integration');
  });
});
