import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ExportingService, partKey } from './data-export.ts';

/** Writes one service's part of an export; a repeated request replaces it. */
export type ExportPart = (exportId: string, data: object) => Promise<void>;

/**
 * Parts go to S3 and not into events: they contain personal data, which must stay in no outbox, queue or dead letter, and
 * may be larger than an event (256 KB).
 */
export const exportPartTo =
  (bucket: string, service: ExportingService, client = new S3Client({})): ExportPart =>
  async (exportId, data) => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: partKey(exportId, service),
        ContentType: 'application/json',
        Body: JSON.stringify(data),
      }),
    );
  };
