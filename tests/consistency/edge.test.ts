import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled, deploymentOf } from '../../build/compiled.ts';
import type { CompiledStack, Deployment, Json } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { StackValues } from '../../build/template/stack-values.ts';

const region = 'eu-west-1';
let stacks: CompiledStack[];
let shop: Deployment;
beforeAll(async () => {
  stacks = await compiled('prod');
  shop = await deploymentOf('prod');
}, 120_000);

const stackOf = (service: string): CompiledStack => {
  const found = stacks.find((stack) => stack.service === service);
  if (!found) throw new Error(`${service} is not compiled`);
  return found;
};
/** Resolves a property of a stack deployed with the domain `shop.test`. */
const withDomain = (service: string, logicalId: string, ...path: string[]): Json | undefined => {
  const place = { region, accountId: '000000000000', queueUrlBase: '' };
  const values = new StackValues(stackOf(service), place, { Domain: 'shop.test' }, (name) => name);
  let value: Json = stackOf(service).template.Resources[logicalId]?.Properties as Json;
  for (const key of path) value = (value as Record<string, Json>)[key] as Json;
  return values.resolve(value, logicalId);
};
const ofType = (service: string, type: string): [string, Record<string, Json>][] =>
  Object.entries(stackOf(service).template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties }]) => [id, Properties as Record<string, Json>]);

type Rule = {
  Domain: string;
  Priority: number;
  path: string;
  ApiId: Json;
  Stage: string;
  StripBasePath: boolean;
};
const rules = (): Rule[] =>
  ofType('shop-edge', 'AWS::ApiGatewayV2::RoutingRule').map(([, properties]) => {
    const { DomainNameArn, Priority, Conditions, Actions } = properties as {
      DomainNameArn: { 'Fn::GetAtt': string[] };
      Priority: number;
      Conditions: { MatchBasePaths: { AnyOf: [string] } }[];
      Actions: [{ InvokeApi: { ApiId: Json; Stage: string; StripBasePath: boolean } }];
    };
    const path = Conditions[0]?.MatchBasePaths.AnyOf[0] ?? '';
    return {
      Domain: DomainNameArn['Fn::GetAtt'][0] ?? '',
      Priority,
      path,
      ...Actions[0].InvokeApi,
    };
  });
/** The environment of the function behind a GET route. */
function settingsOf(path: string): string[] {
  const { integration } = shop.apis
    .flatMap(({ methods }) => methods)
    .find((method) => method.path === path && method.httpMethod === 'GET') ?? { integration: undefined };
  const arn = integration?.kind === 'lambda' ? integration.functionArn : undefined;
  const found = shop.functions.find((each) => each.arn === arn || arn?.startsWith(`${each.arn}:`));
  if (!found) throw new Error(`no function serves GET ${path}`);
  return Object.keys(found.environment);
}
const apiIdOf = (stack: string): Json => ({
  'Fn::ImportValue': `shop-prod-${stack.replace(/-prod$/, '')}-api-id`,
});

describe('the domain', () => {
  test('routes every first path segment to the API with its routes, with the whole path, and no other', () => {
    const expected = new Map(
      shop.apis.flatMap(({ stack, methods }) =>
        methods.map(({ path }) => [path.split('/').slice(1, 4).join('/'), apiIdOf(stack)] as const),
      ),
    );
    const all = rules().filter(({ Domain }) => Domain === 'ApiDomain');
    const found = all.filter(({ path }) => path !== '');
    expect(new Map(found.map(({ path, ApiId }) => [path, ApiId]))).toEqual(expected);
    expect(new Set(found.map(({ Priority }) => Priority)).size).toBe(expected.size);
    for (const { path, Stage, StripBasePath } of all)
      expect([path, Stage, StripBasePath]).toEqual([path, 'prod', false]);
  });

  test('routes every other path to an API with the lowest priority, so that it returns a 404 like all others', () => {
    const all = rules().filter(({ Domain }) => Domain === 'ApiDomain');
    const [last] = all.toSorted((one, other) => other.Priority - one.Priority);
    expect(last?.path).toBe('');
    expect(shop.apis.map(({ stack }) => apiIdOf(stack))).toContainEqual(last?.ApiId);
  });

  test('serves public routes only under the name of a region', () => {
    const publicPaths = shop.apis.flatMap(({ methods }) =>
      methods.flatMap(({ path, httpMethod, authorizer }) =>
        httpMethod === 'GET' && authorizer === undefined ? [path] : [],
      ),
    );
    const routes = rules().filter(({ Domain }) => Domain === 'HealthDomain');
    expect(routes.length).toBeGreaterThan(0);
    for (const { path } of routes) expect(publicPaths).toContain(`/${path}`);
  });

  test('is checked from three regions, by requests that are routed and use no database', () => {
    const probes = ofType('shop-edge-global', 'AWS::Route53::HealthCheck').flatMap(([id]) => {
      const config = withDomain('shop-edge-global', id, 'HealthCheckConfig') as Record<string, Json>;
      return config['Type'] === 'HTTPS' ? [config] : [];
    });
    expect(probes.length).toBeGreaterThan(1);
    const routes = rules().filter(({ Domain }) => Domain === 'HealthDomain');
    for (const probe of probes) {
      const path = String(probe['ResourcePath']);
      expect(probe['FullyQualifiedDomainName']).toBe(withDomain('shop-edge', 'HealthDomain', 'DomainName'));
      expect(routes.map((route) => `/${route.path}`)).toContain(path);
      // Route 53 accepts no fewer, and sends requests from 16 locations without this list.
      expect(probe['Regions']).toHaveLength(3);
      expect([path, settingsOf(path).filter((name) => name.startsWith('DATABASE_'))]).toEqual([path, []]);
    }
    expect(settingsOf('/api/v1/orders/health')).toContain('DATABASE_HOST');
  });

  test('resolves api. to the name of the API in each region', () => {
    const record = withDomain('shop-edge', 'ApiRecord', 'Name');
    expect(record).toBe('api-eu-west-1.shop.test');
    for (const id of ['ApiRecord', 'ApiPrimaryRecord'])
      expect(withDomain('shop-edge-global', id, 'ResourceRecords')).toEqual([record]);
  });

  test('is the only endpoint where the stage configures it', async () => {
    const defaultEndpoint = (all: CompiledStack[]) =>
      all.flatMap(({ template }) =>
        Object.values(template.Resources)
          .filter(({ Type }) => Type === 'AWS::ApiGateway::RestApi')
          .map(({ Properties }) => Properties?.['DisableExecuteApiEndpoint']),
      );
    expect(new Set(defaultEndpoint(stacks))).toEqual(new Set([true]));
    expect(new Set(defaultEndpoint(await compiled('dev')))).toEqual(new Set([false]));
  }, 60_000);
});

describe('without a domain', () => {
  const needsDomain = /DomainName|RoutingRule|Certificate|Route53/;
  test.each(['dev', 'prod'])(
    '%s creates nothing that needs one',
    async (stage) => {
      const edges = (await deploymentOf(stage)).cloudOnly.filter(({ stack }) => stack.includes('-edge'));
      expect(edges.filter(({ type }) => needsDomain.test(type))).toEqual([]);
      expect(edges.filter(({ type }) => type === 'AWS::CloudFront::Distribution')).toHaveLength(3);
      expect(edges.some(({ type }) => type === 'AWS::WAFv2::WebACL')).toBe(stage === 'prod');
    },
    60_000,
  );
});

describe('CloudFront', () => {
  test('reads existing buckets in both regions', () => {
    const names = shop.buckets.map(({ name }) => name);
    for (const id of ['Pictures', 'Storefront', 'Office']) {
      const origins = withDomain('shop-edge-global', id, 'DistributionConfig', 'Origins') as {
        DomainName: string;
      }[];
      const [first, second] = origins.map(({ DomainName }) => DomainName.split('.')[0] ?? '');
      expect(names).toContain(first);
      expect(second).toBe(first?.replace(region, 'us-east-1'));
    }
  });

  const run = (id: string, request: object): { statusCode?: number; headers?: Record<string, unknown> } => {
    const code = withDomain('shop-edge-global', id, 'FunctionCode') as string;
    return new Function('event', `${code}\nreturn handler(event);`)({ request });
  };
  test('returns 404 for what is missing and 403 for what the firewall blocks, and lists no bucket', () => {
    const ofBuckets = Object.entries(stackOf('shop-edge-global').template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudFront::Distribution')
      .map(([id, { Properties }]) => ({
        id,
        config: Properties?.['DistributionConfig'] as Record<string, unknown>,
      }))
      .filter(({ config }) => JSON.stringify(config['Origins']).includes('S3OriginConfig'))
      // Its function responds before the origin is called (api-failover.yml).
      .filter(({ config }) => !JSON.stringify(config['Origins']).includes('"Id":"none"'));
    expect(ofBuckets.map(({ id }) => id).toSorted()).toEqual(expect.arrayContaining(['Pictures']));
    expect(ofBuckets.length).toBeGreaterThan(2);
    for (const { id, config } of ofBuckets) {
      const codes = (config['CustomErrorResponses'] as { ErrorCode: number }[]).map(
        ({ ErrorCode }) => ErrorCode,
      );
      // CloudFront replaces a firewall's 403 too.
      expect([id, codes]).toEqual([id, [404]]);
      // Without a root object, / would list the bucket.
      expect([id, config['DefaultRootObject']]).toEqual([id, 'index.html']);
    }
  });

  test('redirects the bare domain to www.', () => {
    const requestTo = (host: string) => ({ uri: '/shoes', headers: { host: { value: host } } });
    expect(run('BareDomain', requestTo('www.shop.test'))).toEqual(requestTo('www.shop.test'));
    expect(run('BareDomain', requestTo('shop.test'))).toMatchObject({
      statusCode: 301,
      headers: { location: { value: 'https://www.shop.test/shoes' } },
    });
  });
  test('returns UNAVAILABLE in the form of every error', () => {
    const response = run('UnavailableResponse', { method: 'POST' }) as { body?: { data: string } };
    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': { value: '300' } } });
    expect(JSON.parse(response.body?.data ?? '')).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
    expect(run('UnavailableResponse', { method: 'OPTIONS' }).statusCode).toBe(204);
  });
});

describe('the firewall', () => {
  test('protects every API', () => {
    const protectedApis = ofType('shop-edge', 'AWS::WAFv2::WebACLAssociation').map(
      ([, { ResourceArn }]) => (ResourceArn as { 'Fn::Sub': [string, { Api: Json }] })['Fn::Sub'][1].Api,
    );
    expect(new Set(protectedApis.map((id) => JSON.stringify(id)))).toEqual(
      new Set(shop.apis.map(({ stack }) => JSON.stringify(apiIdOf(stack)))),
    );
  });

  test('limits the requests of one address to every route of accounts, apart from the others', async () => {
    const rule = (withDomain('shop-edge', 'ApiFirewall', 'Rules') as unknown as FirewallRule[]).find(
      ({ Name }) => Name === 'rate-limit-auth',
    );
    const { Limit, ScopeDownStatement } = rule!.Statement.RateBasedStatement!;
    const { SearchString, PositionalConstraint } = ScopeDownStatement!.ByteMatchStatement!;
    expect([Limit < 1000, PositionalConstraint]).toEqual([true, 'CONTAINS']);
    const paths = shop.apis.flatMap((api) => api.methods.map(({ path }) => path));
    const ofAccounts = paths.filter((path) => path.includes('/auth/'));
    expect(ofAccounts.length).toBeGreaterThan(3);
    for (const path of ofAccounts) expect(path).toContain(SearchString);
  });

  test.each([
    ['APIs', 'shop-edge', 'ApiFirewall'],
    ['Pages and pictures', 'shop-edge-global', 'Firewall'],
  ])('has for %s the rules of docs/waf.md in their order', (title, service, id) => {
    const document = readFileSync(join(root, 'docs', 'waf.md'), 'utf8');
    const section = document.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
    const rows = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const compiledRules = withDomain(service, id, 'Rules') as unknown as FirewallRule[];
    expect(rows.map(([, name, , , , status]) => `${name} ${status}`)).toEqual(
      compiledRules.map((rule) => `\`${rule.Name}\` ${statusOf(rule)}`),
    );
    for (const [, name, refuses, passes, refused] of rows)
      for (const cell of [refuses, passes, refused])
        expect([name, cell]).toEqual([name, expect.stringMatching(/\S/)]);
    for (const rule of compiledRules) {
      const limit = rule.Statement.RateBasedStatement?.Limit;
      const row = rows.find(([, name]) => name === `\`${rule.Name}\``);
      if (limit !== undefined) expect(row?.[2]).toContain(`more than ${limit.toLocaleString('en-US')} `);
    }
  });
});

type FirewallRule = {
  Name: string;
  Statement: {
    RateBasedStatement?: {
      Limit: number;
      ScopeDownStatement?: { ByteMatchStatement?: { SearchString: string; PositionalConstraint: string } };
    };
  };
  Action?: { Block: { CustomResponse?: { ResponseCode: number } } };
};
const statusOf = ({ Action }: FirewallRule): number => Action?.Block.CustomResponse?.ResponseCode ?? 403;
