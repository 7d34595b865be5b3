import * as z from 'zod';
import { route } from '#shared/http/route.ts';

/** Whether the database is reachable. */
export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/users/health',
  summary: 'Health of the users service',
  access: 'public',
  responses: {
    200: {
      description: 'The database is reachable.',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('users'),
        checks: z.object({ database: z.literal('ok') }),
      }),
    },
  },
});

/** The OpenAPI document of the whole API. */
export const getOpenapiRoute = route({
  name: 'get-openapi',
  method: 'GET',
  path: '/api/v1/openapi.json',
  summary: 'This API as an OpenAPI 3.1 document',
  access: 'public',
  responses: {
    200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) },
  },
});
