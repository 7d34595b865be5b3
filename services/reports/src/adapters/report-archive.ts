import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type DailyReport, reportKey } from '../domain/daily-report.ts';

/** A report without its orders, for lists. */
export type ReportSummary = Omit<DailyReport, 'orders'>;

/** Where the reports are: documents in S3, a list of them in the metrics table. */
export type ReportArchive = {
  store(report: DailyReport): Promise<void>;
  /** A day's whole report and a link to its document that works for five minutes; undefined if none was made. */
  read(date: string): Promise<{ report: DailyReport; documentUrl: string } | undefined>;
  /** Newest first; `before` is the last date of the page before. */
  list(limit: number, before?: string): Promise<{ items: ReportSummary[]; next?: string }>;
};

const linkSeconds = 300;
const partition = 'reports';

/** Reports in the bucket of order documents. Made again, a day's report takes the place of the one before. */
export function reportArchive(
  dynamo: DynamoDBClient,
  table: string,
  s3: S3Client,
  bucket: string,
): ReportArchive {
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
      await dynamo.send(
        new PutItemCommand({ TableName: table, Item: marshall({ pk: partition, sk: report.date, summary }) }),
      );
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
      const { Items = [], LastEvaluatedKey } = await dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
          ExpressionAttributeValues: marshall({
            ':pk': partition,
            ...(before === undefined ? {} : { ':before': before }),
          }),
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      const items = Items.map((item) => unmarshall(item)['summary'] as ReportSummary);
      const last = items.at(-1);
      return { items, ...(LastEvaluatedKey === undefined || last === undefined ? {} : { next: last.date }) };
    },
  };
}
