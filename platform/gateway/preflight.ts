import type { MockResponse } from '../../build/deployment.ts';
import type { HttpResponse } from './proxy-response.ts';

/**
 * A mock integration as the framework compiles it for CORS with one origin: fixed headers.
 * @throws on a template
 */
export function compilePreflight(responses: readonly MockResponse[], where: string): HttpResponse {
  const response = responses[0];
  if (response === undefined) throw new Error(`${where}: the mock integration has no response`);
  if (response.body?.trim())
    throw new Error(`${where}: the template of the mock integration is not evaluated`);
  return {
    status: response.statusCode,
    headers: Object.entries(response.headers).map(([name, value]) => [
      name,
      value.replace(/^'(.*)'$/s, '$1'),
    ]),
    body: '',
  };
}
