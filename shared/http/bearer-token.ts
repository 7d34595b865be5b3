/** Much longer than a valid token. */
const maxTokenLength = 4096;

/** The token of an `Authorization: Bearer …` header (RFC 6750, 2.1), in any case; empty if there is none. */
export function bearerToken(headers: Record<string, string | undefined>): string {
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1] ?? '';
  return token.length <= maxTokenLength ? token : '';
}
