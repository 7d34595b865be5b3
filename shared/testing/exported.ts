import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ExportingService, partKey } from '../privacy/data-export.ts';

/** A service's part of an export, as it is stored in the bucket. @throws NoSuchKey */
export async function exportedPart(
  bucket: string,
  exportId: string,
  service: ExportingService,
): Promise<unknown> {
  const client = new S3Client({});
  const { Body } = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: partKey(exportId, service) }),
  );
  client.destroy();
  return JSON.parse((await Body?.transformToString()) ?? 'null');
}
