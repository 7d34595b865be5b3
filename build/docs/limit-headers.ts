import type { Route } from '../../shared/http/route.ts';

type Json = Record<string, unknown>;

/** The headers of every response of a route with limits, and of a refusal by one. */
export function withLimits({ limits = [] }: Route, responses: Json): Json {
  if (limits.length === 0) return responses;
  const headers = { 'RateLimit-Policy': headerRef('RateLimit-Policy'), RateLimit: headerRef('RateLimit') };
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      {
        ...(response as Json),
        headers: status === '429' ? { ...headers, 'Retry-After': headerRef('Retry-After') } : headers,
      },
    ]),
  );
}

const headerRef = (name: string) => ({ $ref: `#/components/headers/${name}` });

/** Described once, and referred to by responses. */
export const limitHeaders: Json = {
  'RateLimit-Policy': {
    description:
      'The limits of the route (draft-ietf-httpapi-ratelimit-headers): `"login-client";q=100;w=300` allows 100 in 300 seconds.',
    schema: { type: 'string' },
  },
  RateLimit: {
    description:
      'What remains of the limits that the request counted in: `"login-client";r=99;t=300` leaves 99 for 300 seconds.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
};
