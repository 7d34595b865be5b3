/** The response of a handler; the handler wrapper writes it as JSON. */
export type HttpResponse = { status: number; body?: unknown; headers?: Record<string, string> };

/** Response headers that a page of another origin may read (Access-Control-Expose-Headers); also in shared/serverless/custom.yml. */
export const exposedHeaders =
  'ETag,Location,RateLimit,RateLimit-Policy,Retry-After,WWW-Authenticate,Idempotent-Replayed,X-Correlation-Id';

/** An ETag of a version number: strong, since the JSON of one version never differs. */
export const etagOf = (version: number): string => `"${version}"`;

/** 200 with a body; `version` becomes the ETag. */
export const ok = (body: unknown, version?: number): HttpResponse => ({
  status: 200,
  body,
  ...(version === undefined ? {} : { headers: { ETag: etagOf(version) } }),
});

/** 201 with the new resource and its path. */
export const created = (body: unknown, location: string, version?: number): HttpResponse => ({
  status: 201,
  body,
  headers: { Location: location, ...(version === undefined ? {} : { ETag: etagOf(version) }) },
});

/** 202: the request is accepted; its effect follows, at `location` if there is one, or is not disclosed. */
export const accepted = (body: unknown, location?: string): HttpResponse => ({
  status: 202,
  body,
  ...(location === undefined ? {} : { headers: { Location: location } }),
});

/** 204. */
export const noContent = (): HttpResponse => ({ status: 204 });
