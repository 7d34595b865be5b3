import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from './call.ts';
import type { S3Request } from './s3-request.ts';

/** The largest request body here; S3's own limit is 5 GB. */
export const maxBodyBytes = 128 * 1024 * 1024;

/**
 * Checks the body against the client's checksums, which the engine ignores: S3 rejects a damaged or incomplete upload,
 * and a presigned URL for another body.
 * @throws AwsError BadDigest or InvalidDigest
 */
export function checkIntegrity({ headers, body }: Pick<S3Request, 'headers' | 'body'>): void {
  if (headers['content-encoding']?.includes('aws-chunked')) return; // its checksums are trailers, over the decoded body
  const md5 = headers['content-md5'];
  if (md5 && md5 !== createHash('md5').update(body).digest('base64'))
    throw new AwsError(
      { code: 'BadDigest', status: 400 },
      'The Content-MD5 you specified did not match what we received.',
    );
  for (const [header, digest] of checksums) {
    const wanted = headers[header];
    if (wanted && wanted !== digest(body))
      throw new AwsError(
        { code: 'BadDigest', status: 400 },
        `The ${header.slice('x-amz-checksum-'.length).toUpperCase()} you specified did not match the calculated checksum.`,
      );
  }
}

const hash = (name: string) => (body: Buffer) => createHash(name).update(body).digest('base64');
const checksums: [string, (body: Buffer) => string][] = [
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
];
