/** Whether a request asks for a response that no cache has stored; directives are case-insensitive (RFC 9111, 5.2). */
export const asksForFreshResponse = (cacheControl = ''): boolean =>
  cacheControl.split(',').some((directive) => directive.trim().toLowerCase() === 'no-cache');
