/** What a handler answers; the edge writes it as JSON. */
export type HttpAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

/** An ETag of a version number: strong, as JSON text of one version never differs. */
export const etagOf = (version: number): string => `"${version}"`;

/** 200 with a body; `version` becomes the ETag. */
export const ok = (body: unknown, version?: number): HttpAnswer => ({
  status: 200,
  body,
  ...(version === undefined ? {} : { headers: { ETag: etagOf(version) } }),
});

/** 201 with the new thing and where it is. */
export const created = (body: unknown, location: string, version?: number): HttpAnswer => ({
  status: 201,
  body,
  headers: { Location: location, ...(version === undefined ? {} : { ETag: etagOf(version) }) },
});

/** 204. */
export const noContent = (): HttpAnswer => ({ status: 204 });
