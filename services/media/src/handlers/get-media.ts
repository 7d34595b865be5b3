import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getMediaRoute } from '../api.ts';
import { media } from '../app.ts';
import { mediaView } from '../views.ts';

/** Returns an upload and its renditions. */
export const handler = httpHandler(getMediaRoute, async ({ params }) =>
  ok(mediaView(await media().read(params.id))),
);
