import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { Template } from '../../build/deployment.ts';
import { openapiFile, openapiText, serviceRoutes } from '../../build/docs/service-routes.ts';
import { Unavailable } from '../../shared/errors.ts';

const root = join(import.meta.dirname, '../..');

test('docs/openapi.json matches the routes (npm run generate:docs writes it)', async () => {
  const committed = JSON.parse(readFileSync(openapiFile, 'utf8')) as Record<string, object>;
  const generated = JSON.parse(await openapiText()) as Record<string, object>;
  const partsOf = ({ paths, ...rest }: Record<string, object>) =>
    ({ ...rest, ...paths }) as Record<string, unknown>;
  const [was, is] = [partsOf(committed), partsOf(generated)];
  const differing = Object.keys({ ...was, ...is }).filter((part) => !isDeepStrictEqual(was[part], is[part]));
  expect(differing).toEqual([]);
});

test('every route may return UNAVAILABLE, and none declares it itself', async () => {
  const { paths } = JSON.parse(await openapiText()) as {
    paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
  };
  const without = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      responses['503']?.description.includes('UNAVAILABLE: ') ? [] : [`${method} ${path}`],
    ),
  );
  const repeating = (await serviceRoutes()).flatMap(({ service, routes }) =>
    routes
      .filter(({ errors = [] }) => errors.includes(Unavailable.kind))
      .map(({ name }) => `${service} ${name}`),
  );
  expect({ without, repeating }).toEqual({ without: [], repeating: [] });
});

describe('the declared routes are those of API Gateway', () => {
  const compileTimeoutMs = 120_000;

  test(
    'by method, path, function and whether a token is needed',
    async () => {
      const services = await serviceRoutes();
      const stacks = await compileStacks({
        root,
        stage: 'dev',
        directories: services.map(({ service }) => `services/${service}`),
      });
      const compiled = Object.fromEntries(
        stacks.map(({ directory, template }) => [
          directory.replace('services/', ''),
          compiledRoutes(template),
        ]),
      );
      const declared = Object.fromEntries(
        services.map(({ service, routes }) => [
          service,
          routes
            .flatMap(({ method, path, name, access }) =>
              servedMethods(method).map(
                (served) => `${served} ${path} → ${name}${access === 'public' ? '' : ', token needed'}`,
              ),
            )
            .toSorted(),
        ]),
      );
      expect(compiled).toEqual(declared);
    },
    compileTimeoutMs,
  );

  test('each is handled by the file of its name', async () => {
    for (const { service, routes } of await serviceRoutes())
      for (const { name } of routes)
        expect([name, existsSync(join(root, 'services', service, 'src/handlers', `${name}.ts`))]).toEqual([
          name,
          true,
        ]);
  });
});

/** HEAD is served wherever GET is (RFC 9110, 9.1). */
const servedMethods = (method: string): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

/** The routes of a compiled template, except the preflights. */
function compiledRoutes({ Resources }: Template): string[] {
  const properties = (logicalId: string) =>
    Resources[logicalId]?.Properties as Record<string, never> | undefined;
  const pathOf = (resourceId: unknown): string => {
    const resource = properties((resourceId as { Ref?: string }).Ref ?? '');
    return resource === undefined
      ? ''
      : `${pathOf(resource['ParentId'])}/${String(resource['PathPart'] as unknown)}`;
  };
  return Object.values(Resources)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::ApiGateway::Method' && Properties?.['HttpMethod'] !== 'OPTIONS',
    )
    .map(({ Properties = {} }) => {
      const token = Properties['AuthorizationType'] === 'CUSTOM' ? ', token needed' : '';
      return `${Properties['HttpMethod']} ${pathOf(Properties['ResourceId'])} → ${functionOf(Properties['Integration'])}${token}`;
    })
    .toSorted();
}

/** `…{ "Fn::GetAtt": ["GetDashmeLambdaFunction", "Arn"] }…` → `get-me`, as osls writes a function key into a logical id. */
function functionOf(integration: unknown): string {
  const logicalId =
    /"Fn::GetAtt":\["(\w+)LambdaFunction","Arn"\]/.exec(JSON.stringify(integration))?.[1] ?? '?';
  const key = logicalId.replaceAll('Dash', '-');
  return key.charAt(0).toLowerCase() + key.slice(1);
}
