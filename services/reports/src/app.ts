import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '#shared/clock.ts';
import { lazy } from '#shared/lazy.ts';
import { liveCounters } from './adapters/live-counters.ts';
import { orderRows } from './adapters/order-rows.ts';
import { reportArchive } from './adapters/report-archive.ts';
import { config } from './config.ts';

const dynamo = lazy(() => new DynamoDBClient({}));
const s3 = lazy(() => new S3Client({}));

/** The wiring of this service; each part is made at its first use. */
export const rows = lazy(() => orderRows(dynamo(), config.METRICS_TABLE));
export const counters = lazy(() => liveCounters(dynamo(), config.METRICS_TABLE, systemClock));
export const archive = lazy(() =>
  reportArchive(dynamo(), config.METRICS_TABLE, s3(), config.DOCUMENTS_BUCKET),
);
export const clock = systemClock;
