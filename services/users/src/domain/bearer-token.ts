/** Far more than our tokens have; a longer one is not worth parsing. */
const maxTokenLength = 4096;

/** The token of an `Authorization: Bearer …` header (RFC 6750, 2.1), by whatever case the header is spelled; empty if there is none. */
export function bearerToken(headers: Record<string, string | undefined>): string {
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1] ?? '';
  return token.length <= maxTokenLength ? token : '';
}
