import { idempotently } from '#shared/dynamo/idempotency.ts';
import { created } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createUpload } from '../api.ts';
import { answered, clock, dynamo, media, uploads } from '../app.ts';

/** Announces a picture. The signed request is made anew for a repeated one: no store keeps it. */
export const handler = httpHandler(createUpload, async ({ body, idempotency }) => {
  const now = clock();
  const answer = await idempotently(dynamo(), answered, idempotency, async (mediaId, complete) => {
    const announced = created({ mediaId }, `/api/v1/media/${mediaId}`);
    await media().add({ ...body, mediaId, createdAt: now, state: 'awaiting' }, complete(announced));
    return announced;
  });
  const { mediaId } = answer.body as { mediaId: string };
  return { ...answer, body: { mediaId, upload: await uploads()({ ...body, mediaId }, now) } };
});
