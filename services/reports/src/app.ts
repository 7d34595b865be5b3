import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '#shared/clock.ts';
import { lazy } from '#shared/lazy.ts';
import { lean } from '#shared/lean-client.ts';
import { liveCounters } from './adapters/live-counters.ts';
import { orderRows } from './adapters/order-rows.ts';
import { reportArchive } from './adapters/report-archive.ts';
import { config } from './config.ts';

const dynamo = /* @__PURE__ */ lazy(() => lean(new DynamoDBClient({})));
const s3 = /* @__PURE__ */ lazy(() => new S3Client({}));

/** The wiring of this service; each part is made at its first use. */
export const rows = /* @__PURE__ */ lazy(() => orderRows(dynamo(), config.METRICS_TABLE));
export const counters = /* @__PURE__ */ lazy(() => liveCounters(dynamo(), config.METRICS_TABLE, systemClock));
export const archive = /* @__PURE__ */ lazy(() =>
  reportArchive(dynamo(), config.METRICS_TABLE, s3(), config.DOCUMENTS_BUCKET),
);
export const clock = systemClock;

export { countProgress } from './adapters/business-metrics.ts';
