import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { put } from '#shared/dynamo/write.ts';
import { type DailyReport, reportKey } from '../domain/daily-report.ts';

/** A report without its orders, for lists. */
export type ReportSummary = Omit<DailyReport, 'orders'>;

/** Stores reports: the documents in S3, their list in the metrics table. */
export type ReportArchive = {
  /** Replaces an earlier report of the same day. */
  store(report: DailyReport): Promise<void>;
  /** A day's report and a link to its document, valid for five minutes; undefined if there is none. */
  read(date: string): Promise<{ report: DailyReport; documentUrl: string } | undefined>;
  /** Newest first; `before` is the last date of the previous page. */
  list(limit: number, before?: string): Promise<{ items: ReportSummary[]; next?: string }>;
};

const linkSeconds = 300;
const partition = 'reports';

/** See {@link ReportArchive}; `bucket` is that of order documents. */
export function reportArchive(db: Dynamo, table: string, s3: S3Client, bucket: string): ReportArchive {
  return {
    store: async (report) => {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: reportKey(report.date),
          ContentType: 'application/json',
          Body: JSON.stringify(report, null, 2),
        }),
      );
      const { orders: _, ...summary } = report;
      await db.write(put(table, { pk: partition, sk: report.date, summary }));
    },
    read: async (date) => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: reportKey(date) });
      try {
        const { Body } = await s3.send(command);
        const report = JSON.parse((await Body?.transformToString()) ?? 'null') as DailyReport;
        return { report, documentUrl: await getSignedUrl(s3, command, { expiresIn: linkSeconds }) };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    list: async (limit, before) => {
      const page = await db.query<{ summary: ReportSummary }>({
        table,
        where: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
        values: { ':pk': partition, ...(before === undefined ? {} : { ':before': before }) },
        descending: true,
        limit,
      });
      const items = page.items.map(({ summary }) => summary);
      const last = items.at(-1);
      return { items, ...(page.next === undefined || last === undefined ? {} : { next: last.date }) };
    },
  };
}
