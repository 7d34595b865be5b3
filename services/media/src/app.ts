import { systemClock } from '#shared/clock.ts';
import { dynamo as dynamoDb } from '#shared/dynamo/dynamo.ts';
import { dynamoRelay } from '#shared/dynamo/outbox.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { mediaStore } from './adapters/media-store.ts';
import { pictureBucket } from './adapters/picture-bucket.ts';
import { presignedUploads } from './adapters/uploads.ts';
import { config } from './config.ts';

/** The wiring of this service; each part is made at its first use. */
export const clock = systemClock;
export const imageBaseUrl = config.IMAGE_BASE_URL;
/** Where answered requests are remembered. */
export const answered = { table: config.IDEMPOTENCY_TABLE, service: 'media' };

export const dynamo = /* @__PURE__ */ lazy(() => dynamoDb());
export const media = /* @__PURE__ */ lazy(() =>
  mediaStore(dynamo(), { media: config.MEDIA_TABLE, outbox: config.OUTBOX_TABLE }),
);
export const uploads = /* @__PURE__ */ lazy(() => presignedUploads(config.PICTURE_BUCKET));
export const pictures = /* @__PURE__ */ lazy(() => pictureBucket(config.PICTURE_BUCKET));
export const relay = /* @__PURE__ */ lazy(() =>
  dynamoRelay(
    dynamo(),
    config.OUTBOX_TABLE,
    snsPublisher(() => config.MEDIA_EVENTS_TOPIC_ARN),
  ),
);
