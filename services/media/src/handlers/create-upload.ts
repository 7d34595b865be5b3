import { idempotently } from '#shared/dynamo/idempotency.ts';
import { created } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createUploadRoute } from '../api.ts';
import { clock, dynamo, idempotencyStore, media, uploads } from '../app.ts';

/** Registers a picture. A repeated request gets a new signed request, which is stored nowhere. */
export const handler = httpHandler(createUploadRoute, async ({ body, idempotency }) => {
  const now = clock();
  const response = await idempotently(dynamo(), idempotencyStore, idempotency, async (mediaId, complete) => {
    const registered = created({ mediaId }, `/api/v1/media/${mediaId}`);
    await media().add({ ...body, mediaId, createdAt: now, state: 'awaiting' }, complete(registered));
    return registered;
  });
  const { mediaId } = response.body as { mediaId: string };
  return { ...response, body: { mediaId, upload: await uploads()({ ...body, mediaId }, now) } };
});
