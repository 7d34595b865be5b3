import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError, unsupportedOperation } from './call.ts';
import type { S3Request } from './s3-request.ts';

/** The largest request body here; S3's own limit is 5 GB. */
export const maxBodyBytes = 128 * 1024 * 1024;

/**
 * Checks the body against the client's checksums, which the engine ignores: S3 rejects a damaged or incomplete upload,
 * and a presigned URL for another body. Bodies in chunks, whose checksums are inside the body, are not supported.
 * @throws AwsError BadDigest or unknown-operation
 */
export function checkIntegrity({ headers, body }: Pick<S3Request, 'headers' | 'body'>): void {
  const inChunks =
    /aws-chunked/i.test(headers['content-encoding'] ?? '') ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-');
  const unknown = Object.keys(headers).find((name) => isChecksum(name) && !digests.has(name));
  if (inChunks || unknown)
    throw unsupportedOperation(`S3 PutObject with ${unknown ?? 'a body in aws-chunked encoding'}`);
  const md5 = headers['content-md5'];
  if (md5 && md5 !== createHash('md5').update(body).digest('base64'))
    throw new AwsError(
      { code: 'BadDigest', status: 400 },
      'The Content-MD5 you specified did not match what we received.',
    );
  for (const [header, digest] of digests) {
    const wanted = headers[header];
    if (wanted && wanted !== digest(body))
      throw new AwsError(
        { code: 'BadDigest', status: 400 },
        `The ${header.slice('x-amz-checksum-'.length).toUpperCase()} you specified did not match the calculated checksum.`,
      );
  }
}

const hash = (name: string) => (body: Buffer) => createHash(name).update(body).digest('base64');
const digests = new Map<string, (body: Buffer) => string>([
  [
    'x-amz-checksum-crc32',
    (body) => {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(body));
      return sum.toString('base64');
    },
  ],
  ['x-amz-checksum-sha1', hash('sha1')],
  ['x-amz-checksum-sha256', hash('sha256')],
]);
/** Headers that name an algorithm, or ask for checksums in a response, contain no checksum. */
const isChecksum = (name: string) => /^x-amz-checksum-(?!(?:mode|algorithm|type)$)/.test(name);
