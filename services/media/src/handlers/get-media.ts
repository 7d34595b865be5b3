import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { toMediaAnswer } from '../answers.ts';
import { getMedia } from '../api.ts';
import { media } from '../app.ts';

/** Shows what became of an upload. */
export const handler = httpHandler(getMedia, async ({ params }) =>
  ok(toMediaAnswer(await media().read(params.id))),
);
