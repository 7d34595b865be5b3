import findMyWay from 'find-my-way';
import type { ApiMethod, RestApiSpec } from '../../build/deployment.ts';

/** The methods of one resource path. */
type Resource = { api: RestApiSpec; path: string; methods: Map<string, ApiMethod> };

/** `method` is absent for an unknown route. The first API then creates the error response, which is the same for all. */
export type Route = {
  api: RestApiSpec;
  method?: ApiMethod;
  /** Decoded, as API Gateway passes them on. */
  parameters: Record<string, string> | null;
};

export type RouteTable = { find: (httpMethod: string, path: string) => Route };

/** Above API Gateway's limit on a URL; find-my-way's default of 100 is too short. */
const maxParameterLength = 8_192;

/**
 * One table for all APIs, since every route has its full path. As on API Gateway, a literal segment takes precedence
 * over a parameter; the path selects the resource, then the method is looked up.
 * @throws when two APIs declare the same path, for a greedy parameter, or when there is no API
 */
export function routeTable(apis: readonly RestApiSpec[]): RouteTable {
  const resources = collectResources(apis);
  const router = findMyWay({ maxParamLength: maxParameterLength, caseSensitive: true });
  for (const resource of resources) router.on('GET', routerPath(resource.path), () => {}, resource);

  return {
    find(httpMethod, path) {
      const found = router.find('GET', path);
      const resource = found?.store as Resource | undefined;
      if (found === null || resource === undefined || Object.values(found.params).includes('')) {
        return { api: apis[0] as RestApiSpec, parameters: null };
      }
      const method = resource.methods.get(httpMethod) ?? resource.methods.get('ANY');
      return {
        api: resource.api,
        parameters: Object.keys(found.params).length > 0 ? (found.params as Record<string, string>) : null,
        ...(method === undefined ? {} : { method }),
      };
    },
  };
}

function collectResources(apis: readonly RestApiSpec[]): Resource[] {
  if (apis.length === 0) throw new Error('no compiled stack declares a REST API');
  const resources = new Map<string, Resource>();
  for (const api of apis) {
    for (const method of api.methods) {
      const known = resources.get(method.path);
      if (known !== undefined && known.api !== api) {
        throw new Error(`${method.path} is declared by ${known.api.stack} and ${api.stack}`);
      }
      if (method.path.includes('+}'))
        throw new Error(`${method.path} has a greedy parameter, which is not supported`);
      const resource = known ?? { api, path: method.path, methods: new Map() };
      resource.methods.set(method.httpMethod, method);
      resources.set(method.path, resource);
    }
  }
  return [...resources.values()];
}

/** `/orders/{id}` → `/orders/:id`; a literal colon stays literal. */
function routerPath(path: string): string {
  return path
    .split('/')
    .map((segment) => {
      const parameter = /^\{(.+)\}$/.exec(segment)?.[1];
      return parameter === undefined ? segment.replaceAll(':', '::') : `:${parameter}`;
    })
    .join('/');
}
