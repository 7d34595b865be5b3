import { PreconditionFailed, PreconditionRequired } from '../errors.ts';
import type { ExpectedVersion } from '../expected-version.ts';
import { fieldSubject } from './problem.ts';

/** An entity tag, weak or strong (RFC 9110, 8.8.3). */
const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const opaqueTag = /"(.*?)(?:-gzip)?"/;
const versionTag = /^\d{1,15}$/;

/**
 * The opaque tags of an `If-Match` or `If-None-Match` header, empty if it is malformed. Proxies that compress a response
 * mark its tag as weak or append `-gzip`: both are ignored, because the versions of this API differ in more than bytes.
 */
function tagsOf(header: string): string[] {
  const gaps = header.split(entityTag);
  // A list may have empty elements (RFC 9110, 5.6.1).
  const isList = gaps.every(
    (gap, at) => /^[\s,]*$/.test(gap) && (at === 0 || at === gaps.length - 1 || gap.includes(',')),
  );
  return isList ? (header.match(entityTag) ?? []).map((tag) => opaqueTag.exec(tag)?.[1] ?? '') : [];
}

/**
 * The versions that `If-Match` names (RFC 9110, 13.1.1).
 * @throws PreconditionRequired without the header; PreconditionFailed if it names no version that a resource can have
 */
export function expectedVersionFrom(ifMatch: string | undefined): ExpectedVersion {
  if (ifMatch === undefined)
    throw new PreconditionRequired('Send If-Match with the ETag of the version that you change.', {
      subjects: [fieldSubject('If-Match', 'is required')],
    });
  if (ifMatch.trim() === '*') return 'any';
  const versions = tagsOf(ifMatch).filter((tag) => versionTag.test(tag));
  if (versions.length > 0) return versions.map(Number);
  throw new PreconditionFailed('If-Match is not an ETag that this resource had.', {
    subjects: [fieldSubject('If-Match', 'is not an ETag that this resource had')],
  });
}

/** Whether the client has the response with this ETag already: `If-None-Match` is `*` or lists it (RFC 9110, 13.1.2). */
export function isNotModified(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (ifNoneMatch === undefined || etag === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const [current] = tagsOf(etag);
  return current !== undefined && tagsOf(ifNoneMatch).includes(current);
}
