import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { SNSEvent } from 'aws-lambda';
import type { EventEnvelope } from '#shared/events/event.ts';
import { tables } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { scheduleEvent, sqsEvent } from '#shared/testing/queue.ts';

/** An admin, as the authorizer passes one on. */
const admin = { userId: randomUUID(), roles: ['admin'] as 'admin'[] };

/** The reports service on a fresh table and bucket; tests call its handlers as AWS does. */
export async function reportsService() {
  const { metrics } = await tables('metrics');
  const bucket = `test-${randomUUID()}`;
  await new S3Client({}).send(new CreateBucketCommand({ Bucket: bucket }));
  setEnvironment({ METRICS_TABLE: metrics, DOCUMENTS_BUCKET: bucket, USER_FILES_BUCKET: bucket });
  const api = await import('../src/api.ts');
  const { handler: onOrderProgress } = await import('../src/handlers/on-order-progress.ts');
  const { handler: onOrderMilestone } = await import('../src/handlers/on-order-milestone.ts');
  const { handler: buildDailyReport } = await import('../src/handlers/build-daily-report.ts');
  const { handler: getReport } = await import('../src/handlers/get-report.ts');
  const { handler: listReports } = await import('../src/handlers/list-reports.ts');
  const { counters } = await import('../src/app.ts');
  return {
    /** Delivers events to the queue in one batch; returns the indexes of those that failed. */
    deliverProgress: async (...events: EventEnvelope[]) => {
      const { batchItemFailures } = await onOrderProgress(sqsEvent(...events), lambdaContext());
      return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.replace('message-', '')));
    },
    /** Invokes the function with one event, as SNS does. */
    notifyMilestone: (event: EventEnvelope) =>
      onOrderMilestone(
        { Records: [{ Sns: { Message: JSON.stringify(event) } }] } as unknown as SNSEvent,
        lambdaContext(),
      ),
    figuresOf: (day: string) => counters().ofDay(day),
    build: (at: string) => buildDailyReport(scheduleEvent(new Date(at)) as never, lambdaContext()),
    get: (date: string) => send<Report>(getReport, api.getReportRoute, { params: { date }, caller: admin }),
    list: (request: TestRequest = {}) =>
      send<Page>(listReports, api.listReportsRoute, { caller: admin, ...request }),
  };
}

type Report = { date: string; orders: { orderId: string; status: string }[]; code?: string };
type Page = { items: { date: string }[]; nextCursor?: string; code?: string };
