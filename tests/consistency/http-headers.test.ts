import { compiled } from '../../build/compiled.ts';
import type { CompiledStack, Json } from '../../build/deployment.ts';
import { openapiText } from '../../build/docs/service-routes.ts';
import { exposedHeaders } from '../../shared/http/response.ts';
import { nonEmpty } from '../setup/non-empty.ts';

type Operation = {
  parameters?: { name: string; in: string }[];
  responses: Record<string, { headers?: Record<string, object> }>;
};

/** Headers that a web page may send to another origin without permission (Fetch, "CORS-safelisted request-header"). */
const safelisted = ['accept', 'accept-language', 'content-language'];
/** Only the payment provider sends it, which is no web page. */
const ofServers = ['stripe-signature'];

let operations: [string, Operation][];
let stacks: CompiledStack[];
beforeAll(async () => {
  const { paths } = JSON.parse(await openapiText()) as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]): [string, Operation] => [`${method} ${path}`, each]),
  );
  stacks = await compiled('prod');
}, 120_000);

const lowerCased = (list: string) => list.split(',').map((name) => name.trim().toLowerCase());

/** What the preflights allow, by stack and logical id. */
function preflights(): { name: string; allowed: string[]; methods: string[] }[] {
  return stacks.flatMap(({ service, template }) =>
    Object.entries(template.Resources)
      .filter(
        ([, { Type, Properties }]) =>
          Type === 'AWS::ApiGateway::Method' && Properties?.['HttpMethod'] === 'OPTIONS',
      )
      .map(([id, { Properties }]) => {
        const header = (name: string) => lowerCased(headerOf(Properties as Record<string, Json>, name));
        return { name: `${service} ${id}`, allowed: header('Headers'), methods: header('Methods') };
      }),
  );
}

function headerOf(properties: Record<string, Json>, name: string): string {
  const { IntegrationResponses } = properties['Integration'] as {
    IntegrationResponses: { ResponseParameters: Record<string, string> }[];
  };
  const parameters = IntegrationResponses[0]?.ResponseParameters ?? {};
  return (parameters[`method.response.header.Access-Control-Allow-${name}`] ?? '').replaceAll("'", '');
}

test('the preflight allows every documented request header', () => {
  const documented = new Set(
    nonEmpty(operations)
      .flatMap(([, { parameters = [] }]) => parameters.filter((each) => each.in === 'header'))
      .map(({ name }) => name.toLowerCase())
      .filter((name) => !safelisted.includes(name) && !ofServers.includes(name)),
  );
  expect(documented).toContain('if-none-match');
  for (const { name, allowed } of nonEmpty(preflights()))
    expect([name, [...documented].filter((header) => !allowed.includes(header))]).toEqual([name, []]);
});

test('the preflight allows HEAD wherever it allows GET', () => {
  for (const { name, methods } of nonEmpty(preflights()))
    expect([name, methods.includes('head')]).toEqual([name, methods.includes('get')]);
});

test('a web page may read every documented response header', () => {
  const documented = new Set(
    nonEmpty(operations).flatMap(([, { responses }]) =>
      Object.values(responses).flatMap(({ headers = {} }) => Object.keys(headers)),
    ),
  );
  expect(documented).toContain('ETag');
  expect([...documented].filter((name) => !exposedHeaders.split(',').includes(name))).toEqual([]);
});

test('responses of API Gateway expose the same headers as those of functions', () => {
  const exposed = stacks.flatMap(({ template }) =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::ApiGateway::GatewayResponse')
      .map(({ Properties }) => Object(Properties?.['ResponseParameters']) as Record<string, string>)
      .map((parameters) => parameters['gatewayresponse.header.Access-Control-Expose-Headers']),
  );
  expect(new Set(nonEmpty(exposed))).toEqual(new Set([`'${exposedHeaders}'`]));
});
