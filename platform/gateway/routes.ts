import findMyWay from 'find-my-way';
import type { ApiMethod, RestApiSpec } from '../../build/deployment.ts';

/** The methods of one resource path. */
type Resource = { api: RestApiSpec; path: string; greedy?: string; methods: Map<string, ApiMethod> };

/** `method` is absent for an unknown route; `api` then creates the error response. */
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
 * over a parameter, and a parameter over a greedy one; the path selects the resource, then the method is looked up.
 * @throws when two APIs declare the same path, or there is no API
 */
export function routeTable(apis: readonly RestApiSpec[]): RouteTable {
  const resources = collectResources(apis);
  const router = findMyWay({ maxParamLength: maxParameterLength, caseSensitive: true });
  for (const resource of resources) router.on('GET', routerPath(resource.path), () => {}, resource);
  const prefixes = resources
    .map(({ api, path }) => ({ api, segments: literalSegments(path) }))
    .sort((a, b) => b.segments.length - a.segments.length);

  return {
    find(httpMethod, path) {
      const found = router.find('GET', path);
      const resource = found?.store as Resource | undefined;
      if (found === null || resource === undefined || Object.values(found.params).includes('')) {
        return { api: nearestApi(prefixes, path) ?? (apis[0] as RestApiSpec), parameters: null };
      }
      const method = resource.methods.get(httpMethod) ?? resource.methods.get('ANY');
      return {
        api: resource.api,
        parameters: namedParameters(found.params as Record<string, string>, resource.greedy),
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
      const greedy = /\{([^{}]+)\+\}$/.exec(method.path)?.[1];
      const resource = known ?? {
        api,
        path: method.path,
        methods: new Map(),
        ...(greedy === undefined ? {} : { greedy }),
      };
      resource.methods.set(method.httpMethod, method);
      resources.set(method.path, resource);
    }
  }
  return [...resources.values()];
}

/** `/orders/{id}` → `/orders/:id`, `/files/{proxy+}` → `/files/*`; literal colons and stars stay literal. */
function routerPath(path: string): string {
  return path
    .split('/')
    .map((segment) => {
      if (/^\{.+\+\}$/.test(segment)) return '*';
      const parameter = /^\{(.+)\}$/.exec(segment)?.[1];
      return parameter === undefined ? segment.replaceAll(':', '::') : `:${parameter}`;
    })
    .join('/');
}

function namedParameters(found: Record<string, string>, greedy?: string): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  let any = false;
  for (const name in found) {
    parameters[name === '*' && greedy !== undefined ? greedy : name] = found[name] as string;
    any = true;
  }
  return any ? parameters : null;
}

function literalSegments(path: string): string[] {
  const segments = path.split('/').slice(1);
  const end = segments.findIndex((segment) => segment.startsWith('{'));
  return end === -1 ? segments : segments.slice(0, end);
}

/** The API that shares the most leading segments with an unknown route. */
function nearestApi(
  prefixes: { api: RestApiSpec; segments: string[] }[],
  path: string,
): RestApiSpec | undefined {
  const requested = path.split('/').slice(1);
  let best: RestApiSpec | undefined;
  let most = -1;
  for (const { api, segments } of prefixes) {
    let shared = 0;
    while (shared < segments.length && segments[shared] === requested[shared]) shared += 1;
    if (shared > most) {
      most = shared;
      best = api;
    }
  }
  return best;
}
