import { keyPermissions } from '../../shared/auth/permissions.ts';
import type { Route } from '../../shared/http/route.ts';

/** OpenAPI's security schemes: the credentials of people and of programs. */
export const securitySchemes = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `accessToken` of POST /api/v1/auth/login; valid for 15 minutes.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'shop_<id>_<secret>',
    description: 'The `key` of POST /api/v1/api-keys, for programs.',
  },
};

/** The credentials with which a route can be called: an API key can have most permissions, but no account. */
export const securityOf = ({ access }: Pick<Route, 'access'>): Record<string, string[]>[] =>
  access === 'public'
    ? []
    : [{ accessToken: [] }, ...(keyPermissions.includes(access) ? [{ apiKey: [] }] : [])];
