import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { originalKey, type PictureType, uploadExpiryMs } from '../domain/picture-rules.ts';

/** A request that whoever holds it may make once the upload is announced. */
export type PresignedUpload = {
  method: 'PUT';
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
};

/** What may be sent: no other type, and not a byte more or less. */
export type ExpectedFile = { mediaId: string; contentType: PictureType; bytes: number };

/** Gives out presigned uploads. */
export type Uploads = (file: ExpectedFile, now: Date) => Promise<PresignedUpload>;

/**
 * Presigned PUTs: type and length are signed headers, so that S3 refuses any other. Without checksums: by default
 * the SDK would sign that of an empty body.
 */
export function presignedUploads(
  bucket: string,
  client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
): Uploads {
  return async ({ mediaId, contentType, bytes }, now) => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: originalKey(mediaId),
      ContentType: contentType,
      ContentLength: bytes,
    });
    const url = await getSignedUrl(client, command, {
      expiresIn: uploadExpiryMs / 1000,
      signableHeaders: new Set(['content-type', 'content-length', 'host']),
      signingDate: now,
    });
    return {
      method: 'PUT',
      url,
      headers: { 'Content-Type': contentType },
      expiresAt: new Date(now.getTime() + uploadExpiryMs).toISOString(),
    };
  };
}
