import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { allow, anAwsEndpoint } from './fixtures/aws-endpoint-under-test.ts';
import { signatureOf } from './sigv4.ts';

const bucketName = 'pictures';
const { as, operator } = await anAwsEndpoint();
const mayPut = allow('s3:PutObject', `arn:aws:s3:::${bucketName}/originals/*`);
const s3 = new S3Client(operator);
await s3.send(new CreateBucketCommand({ Bucket: bucketName }));

const upload = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body, headers });
const codeOf = async (response: Response) =>
  /<Code>(.*?)<\/Code>/.exec(await response.text())?.[1] ?? `status ${response.status}`;
const read = async (Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket: bucketName, Key }))).Body?.transformToString();

describe('A presigned PUT', () => {
  test.each([
    ['hello', 'status 200'],
    ['other', 'XAmzContentSHA256Mismatch'],
  ])('signed with the hash of hello accepts %s: %s', async (body, code) => {
    const client = as('create-upload', [mayPut]);
    const url = new URL(
      await getSignedUrl(
        new S3Client({ ...client, requestChecksumCalculation: 'WHEN_REQUIRED' }),
        new PutObjectCommand({ Bucket: bucketName, Key: 'originals/hash.png' }),
      ),
    );
    const payloadHash = createHash('sha256').update('hello').digest('hex');
    url.searchParams.set('X-Amz-Content-Sha256', payloadHash);
    const { pathname: path, searchParams, host } = url;
    const [, ...scope] = (searchParams.get('X-Amz-Credential') ?? '').split('/');
    const signature = signatureOf(
      { method: 'PUT', path, query: url.search.slice(1), headers: { host } },
      {
        scope: scope.join('/'),
        date: searchParams.get('X-Amz-Date') ?? '',
        signedHeaders: 'host',
        payloadHash,
      },
      client.credentials.secretAccessKey,
    );
    searchParams.set('X-Amz-Signature', signature);
    expect(await codeOf(await upload(url.href, body))).toBe(code);
  });

  test.each(['aws-chunked', 'AWS-Chunked', 'gzip,aws-chunked'])(
    'checks the body although %s promises checksums inside it',
    async (encoding) => {
      const careless = new S3Client(as('create-upload', [mayPut]));
      const command = new PutObjectCommand({ Bucket: bucketName, Key: 'originals/chunks.png' });
      const url = await getSignedUrl(careless, command);
      const response = await upload(url, 'hello', { 'content-encoding': encoding });
      expect(await codeOf(response)).toBe('NotImplemented');
      await expect(read('originals/chunks.png')).rejects.toMatchObject({ name: 'NoSuchKey' });
    },
  );

  test('signed for an empty body, as the SDK does by default, accepts no other', async () => {
    const careless = new S3Client(as('create-upload', [mayPut]));
    const url = await getSignedUrl(
      careless,
      new PutObjectCommand({ Bucket: bucketName, Key: 'originals/a.png' }),
    );
    expect(await codeOf(await upload(url, 'hello', {}))).toBe('BadDigest');
  });
});

describe('A write', () => {
  const put = (Key: string, Body: string, condition: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket: bucketName, Key, Body, ...condition }));

  test.each([{ IfNoneMatch: '*' }, { IfMatch: '"etag"' }])('with %j is refused', async (condition) => {
    await expect(put('once', 'first', condition)).rejects.toThrow(/S3 PutObject with the header if-/);
  });

  test('over the HTTP limit of the engine is stored whole', async () => {
    const body = Buffer.alloc(12 * 1024 * 1024, 'x');
    await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: 'large', Body: body }));
    expect((await s3.send(new HeadObjectCommand({ Bucket: bucketName, Key: 'large' }))).ContentLength).toBe(
      body.length,
    );
  });

  test.each(['crc32c', 'crc64nvme'])('with a checksum by %s is refused', async (name) => {
    const member = `Checksum${name.toUpperCase()}`;
    await expect(put('summed', 'hello', { [member]: 'AAAAAA==' })).rejects.toThrow(
      `S3 PutObject with x-amz-checksum-${name}`,
    );
  });

  test('in chunks is refused', async () => {
    const Body = Readable.from([Buffer.from('hello')]);
    const quiet = { warn() {}, info() {}, debug() {}, error() {} }; // the SDK warns that it cannot retry a stream
    const streamed = new S3Client({ ...operator, logger: quiet }).send(
      new PutObjectCommand({ Bucket: bucketName, Key: 'streamed', Body, ContentLength: 5 }),
    );
    await expect(streamed).rejects.toThrow(/aws-chunked/);
  });

  test('with a wrong checksum is refused', async () => {
    const wrong = put('damaged', 'hello', { ChecksumSHA256: Buffer.alloc(32).toString('base64') });
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
  });
});
