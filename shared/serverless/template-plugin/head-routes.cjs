/**
 * Adds a HEAD route to every GET route, with the same function, authorizer and CORS headers (RFC 9110, 9.1: a server must
 * support both). The function returns the response to GET; API Gateway sends its headers only.
 */
exports.addHeadRoutes = function addHeadRoutes(service) {
  for (const definition of Object.values(service.functions ?? {})) {
    const heads = (definition.events ?? [])
      .filter(({ http }) => http?.method === 'get')
      .map(({ http }) => ({ http: { ...http, method: 'head' } }));
    definition.events?.push(...heads);
  }
};
