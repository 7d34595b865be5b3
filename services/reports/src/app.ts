import { S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '#shared/clock.ts';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { lazy } from '#shared/lazy.ts';
import { exportPartTo } from '#shared/privacy/export-part.ts';
import { liveCounters } from './adapters/live-counters.ts';
import { orderRows } from './adapters/order-rows.ts';
import { reportArchive } from './adapters/report-archive.ts';
import { config } from './config.ts';

/** The wiring of this service; each part is created on first use. */
export const clock = systemClock;
const db = /* @__PURE__ */ lazy(() => dynamo());
const s3 = /* @__PURE__ */ lazy(() => new S3Client({}));

export const rows = /* @__PURE__ */ lazy(() => orderRows(db(), config.METRICS_TABLE));
export const counters = /* @__PURE__ */ lazy(() => liveCounters(db(), config.METRICS_TABLE, clock));
export const archive = /* @__PURE__ */ lazy(() =>
  reportArchive(db(), config.METRICS_TABLE, s3(), config.DOCUMENTS_BUCKET),
);

export { countProgress } from './adapters/business-metrics.ts';
export const exportPart = /* @__PURE__ */ lazy(() => exportPartTo(config.USER_FILES_BUCKET, 'reports'));
