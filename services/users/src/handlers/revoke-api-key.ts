import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { revokeApiKeyRoute } from '../api.ts';
import { apiKeys, clock } from '../app.ts';
import { ApiKeyNotFound } from '../domain/errors.ts';

/** Revokes a key. */
export const handler = httpHandler(revokeApiKeyRoute, async ({ params, cause }) => {
  if (!(await apiKeys().revoke(params.id, clock(), cause)))
    throw new ApiKeyNotFound('There is no such API key.');
  return noContent();
});
