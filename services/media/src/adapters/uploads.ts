import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type ImageType, originalKey, uploadExpiryMs } from '../domain/image-rules.ts';

/** A signed request that uploads one file; anyone who has it may send it until `expiresAt`. */
export type PresignedUpload = {
  method: 'PUT';
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
};

/** The file that an upload accepts: exactly this type and size. */
export type ExpectedFile = { mediaId: string; contentType: ImageType; bytes: number };

/** Creates presigned uploads. */
export type Uploads = (file: ExpectedFile, now: Date) => Promise<PresignedUpload>;

/**
 * Presigned PUTs. Type and length are signed headers, so S3 refuses any other. Checksums are off: by default the SDK signs
 * the checksum of an empty body.
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
