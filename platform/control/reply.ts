/** What a route answers: JSON, or a document of another type with headers of its own. */
export type Reply = {
  status: number;
  body?: unknown;
  document?: { type: string; text: string; headers?: Record<string, string> };
};
/** `parameter` is the part of the path that the route's pattern captures, decoded. */
export type Handler = (
  parameter: string,
  request: { query: URLSearchParams; body: string },
) => Reply | Promise<Reply>;
/** Method, pattern of the path, and who answers. */
export type Route = [method: string, path: RegExp, handler: Handler];

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const refused = (status: number, message: string): Reply => ({ status, body: { message } });
