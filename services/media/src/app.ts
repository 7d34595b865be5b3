import { systemClock } from '#shared/clock.ts';
import { dynamo as dynamoDb } from '#shared/dynamo/dynamo.ts';
import { dynamoIdempotencyStore } from '#shared/dynamo/idempotency.ts';
import { dynamoRelay } from '#shared/dynamo/outbox.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { exportPartTo } from '#shared/privacy/export-part.ts';
import { imageBucket } from './adapters/image-bucket.ts';
import type { RenderImage } from './adapters/image-renderer.ts';
import { mediaStore } from './adapters/media-store.ts';
import { presignedUploads } from './adapters/uploads.ts';
import { config } from './config.ts';
import type { ImageProcessorDeps } from './workflows/process-image.ts';

/** The wiring of this service; each part is created on first use. */
export const clock = systemClock;
const tables = {
  media: config.MEDIA_TABLE,
  outbox: config.OUTBOX_TABLE,
  idempotency: config.IDEMPOTENCY_TABLE,
};

const dynamo = /* @__PURE__ */ lazy(() => dynamoDb());
export const media = /* @__PURE__ */ lazy(() => mediaStore(dynamo(), tables));
export const idempotencyStore = /* @__PURE__ */ lazy(() => dynamoIdempotencyStore(dynamo(), tables));
export const uploads = /* @__PURE__ */ lazy(() => presignedUploads(config.PICTURE_BUCKET));
/** Imported on use: sharp is packaged with process-image only. */
const render: RenderImage = async (...image) =>
  (await import('./adapters/image-renderer.ts')).renderImage(...image);
export const imageProcessor = /* @__PURE__ */ lazy(
  (): ImageProcessorDeps => ({
    media: media(),
    images: imageBucket(config.PICTURE_BUCKET),
    render,
    imageBaseUrl: config.IMAGE_BASE_URL,
    clock,
  }),
);
export const relay = /* @__PURE__ */ lazy(() =>
  dynamoRelay(
    dynamo(),
    tables.outbox,
    snsPublisher(() => config.MEDIA_EVENTS_TOPIC_ARN),
  ),
);
export const exportPart = /* @__PURE__ */ lazy(() => exportPartTo(config.USER_FILES_BUCKET, 'media'));
