import { created } from '#shared/http/response.ts';
import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { createUploadRoute } from '../api.ts';
import { clock, idempotencyStore, media, uploads } from '../app.ts';
import { type Media, registerUpload } from '../domain/media.ts';

const respond = ({ mediaId }: Media) => created({ mediaId }, `/api/v1/media/${mediaId}`);

/** Registers a picture. A repeated request gets a new signed request, which is stored nowhere. */
export const handler = httpHandler(createUploadRoute, async ({ body, idempotency, cause }) => {
  const now = clock();
  const response = await runIdempotently(idempotencyStore(), idempotency, async ({ resourceId, started }) => {
    const decision = registerUpload({ ...body, mediaId: resourceId, createdAt: now });
    return respond(await media().create(decision, { cause, request: { started, respond } }));
  });
  const { mediaId } = response.body as { mediaId: string };
  return { ...response, body: { mediaId, upload: await uploads()({ ...body, mediaId }, now) } };
});
