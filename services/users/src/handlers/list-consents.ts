import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listConsentsRoute } from '../api.ts';
import { persons } from '../app.ts';
import { consentsBody } from '../views.ts';

/** Returns the caller's consents. */
export const handler = httpHandler(listConsentsRoute, async ({ caller }) => {
  const { consents } = await persons().read(caller.userId);
  return ok({ items: consentsBody(consents) });
});
