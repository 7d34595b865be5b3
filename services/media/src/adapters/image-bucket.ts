import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { originalKey, renditionCacheControl } from '../domain/image-rules.ts';

/** The bucket of originals and renditions. */
export type ImageBucket = {
  readOriginal(mediaId: string): Promise<Buffer>;
  writeRendition(key: string, contentType: string, bytes: Buffer): Promise<void>;
};

/** The bucket in S3. */
export const imageBucket = (bucket: string, client = new S3Client({})): ImageBucket => ({
  readOriginal: async (mediaId) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: originalKey(mediaId) }));
    if (Body === undefined) throw new Error(`no body for ${mediaId}`);
    const { buffer, byteOffset, byteLength } = await Body.transformToByteArray();
    // A view on the same memory: a photograph has several megabytes.
    return Buffer.from(buffer, byteOffset, byteLength);
  },
  writeRendition: async (key, contentType, bytes) => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        CacheControl: renditionCacheControl,
      }),
    );
  },
});
