import type { Caller, Incoming } from './call.ts';
import type { CredentialBook } from './credentials.ts';

/** Whom a signature names, and for which service it was made. `caller` is absent for an access key of nobody. */
export type Scope = { caller?: Caller; service: string };

/** Signing names that differ from the service's own. */
const SIGNED_AS: Record<string, string> = { 's3-outposts': 's3', email: 'ses' };
const kept = new WeakMap<CredentialBook, Map<string, Scope>>();

/**
 * Reads `AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, …`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). One caller signs
 * for one service alike all day, so that what was read is kept.
 */
export function callerOf(incoming: Incoming, book: CredentialBook): Scope {
  const header = incoming.headers.authorization ?? '';
  const start = header.indexOf('Credential=') + 'Credential='.length;
  const credential = header.slice(start, header.indexOf(',', start));
  const known = kept.get(book)?.get(credential);
  if (known) return known;
  const scope = scopeOf(credential, book);
  const all = kept.get(book) ?? new Map<string, Scope>();
  if (all.size > 10_000) all.clear();
  if (scope.caller) kept.set(book, all.set(credential, scope));
  return scope;
}

/** The scope of a credential as it stands in a header, a query or a form. */
export function scopeOf(credential: string, book: CredentialBook): Scope {
  const [accessKeyId = '', , , service = ''] = credential.split('/');
  const caller = book.find(accessKeyId);
  return { ...(caller ? { caller } : {}), service: SIGNED_AS[service] ?? service };
}
