import { httpHandler } from '#shared/lambda/http.ts';
import document from '../../../../docs/openapi.json' with { type: 'json' };
import { getOpenapiRoute } from '../api.ts';

/** Serialized once: the document does not change while a release runs. */
const body = JSON.stringify(document);

/** Returns the OpenAPI document of the whole API. */
export const handler = httpHandler(getOpenapiRoute, async () => ({
  status: 200,
  body,
  headers: { 'Cache-Control': 'public, max-age=300' },
}));
