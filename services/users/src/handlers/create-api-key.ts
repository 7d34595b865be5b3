import { Forbidden } from '#shared/errors.ts';
import { created } from '#shared/http/response.ts';
import { newId } from '#shared/ids.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createApiKeyRoute } from '../api.ts';
import { apiKeys, clock } from '../app.ts';
import { newSecret } from '../domain/api-key.ts';
import { UserNotFound } from '../domain/errors.ts';
import { apiKeyView } from '../views.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Creates a key that may do no more than the caller. */
export const handler = httpHandler(createApiKeyRoute, async ({ body, caller, cause }) => {
  const permissions = [...new Set(body.permissions)];
  const missing = permissions.filter((permission) => !caller.permissions.has(permission));
  if (missing.length > 0) throw new Forbidden(`You may not do this yourself: ${missing.join(', ')}.`);
  const [id, createdAt] = [newId(), clock()];
  const { key, secretHash } = newSecret(id);
  const expiresAt = new Date(createdAt.getTime() + body.lifetimeDays * dayMs);
  const apiKey = { id, name: body.name, permissions, createdBy: caller.userId, createdAt, expiresAt };
  if (!(await apiKeys().create(apiKey, secretHash, cause)))
    throw new UserNotFound('There is no such account.');
  return created({ ...apiKeyView(apiKey), key }, `/api/v1/api-keys/${id}`);
});
