import type { MockResponse } from '../../build/deployment.ts';
import type { HttpResponse } from './proxy-response.ts';

/** Responds to a CORS preflight; `origin` is the request's Origin header. */
export type Preflight = (origin: string | undefined) => HttpResponse;

const allowOrigin = 'Access-Control-Allow-Origin';

/**
 * A mock integration as the framework compiles it for CORS: fixed headers, and for several origins a template that
 * returns the request's origin when it matches.
 * @throws on any other template
 */
export function compilePreflight(responses: readonly MockResponse[], where: string): Preflight {
  const response = responses[0];
  if (response === undefined) throw new Error(`${where}: the mock integration has no response`);
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    value.replace(/^'(.*)'$/s, '$1'),
  ]);
  const origins = originPatterns(response.body ?? '', where);
  return (origin) => {
    const matches = origin !== undefined && origins.some((pattern) => pattern.test(origin));
    return {
      status: response.statusCode,
      headers: matches
        ? headers.map(([name, value]) => [name, name === allowOrigin ? origin : value])
        : headers,
      body: '',
    };
  };
}

/** The patterns of `$origin.matches("…")`; Java's `matches` tests the whole text. */
function originPatterns(template: string, where: string): RegExp[] {
  if (template.trim() === '') return [];
  if (!template.includes('#set($origin = $input.params("Origin"))')) {
    throw new Error(`${where}: the mock integration's template is not that of a CORS preflight`);
  }
  return [...template.matchAll(/\$origin\.matches\("([^"]*)"\)/g)].map(
    ([, pattern]) => new RegExp(`^(?:${pattern?.replaceAll('\\\\', '\\')})$`),
  );
}
