import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { allow, anAwsEndpoint } from './fixtures/aws-endpoint-under-test.ts';
import type { ObjectCreated } from './s3.ts';

const bucketName = 'pictures';
const pageOrigin = 'https://shop.example';
const underTest = await anAwsEndpoint();
const { awsEndpoint, as, operator } = underTest;
underTest.buckets.push({
  stack: 'test',
  logicalId: 'Pictures',
  name: bucketName,
  arn: `arn:aws:s3:::${bucketName}`,
  notifications: [],
  publicObjects: [`arn:aws:s3:::${bucketName}/renditions/*`],
  cors: [
    {
      origins: [pageOrigin],
      methods: ['PUT', 'POST'],
      headers: ['content-*'],
      exposed: ['ETag'],
      maxAge: 600,
    },
  ],
});
const mayPut = allow('s3:PutObject', `arn:aws:s3:::${bucketName}/originals/*`);
as('create-upload', [mayPut]); // applies the bucket to the endpoint
/** A client as it must be for presigning: by default it would sign the checksum of an empty body into the address. */
const signer = (statements = [mayPut]) =>
  new S3Client({ ...as('create-upload', statements), requestChecksumCalculation: 'WHEN_REQUIRED' });
const s3 = new S3Client(operator);
await s3.send(new CreateBucketCommand({ Bucket: bucketName }));

const created: ObjectCreated[] = [];
awsEndpoint.objects.on('created', (event) => created.push(event));
const upload = (
  url: string,
  body: string,
  headers: Record<string, string> = { 'content-type': 'image/png' },
) => fetch(url, { method: 'PUT', body, headers });
const codeOf = async (response: Response) =>
  /<Code>(.*?)<\/Code>/.exec(await response.text())?.[1] ?? `status ${response.status}`;
const read = async (Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket: bucketName, Key }))).Body?.transformToString();

describe('A presigned PUT', () => {
  const signed = (client: S3Client, key = 'originals/a.png', size = 5) =>
    getSignedUrl(
      client,
      new PutObjectCommand({ Bucket: bucketName, Key: key, ContentType: 'image/png', ContentLength: size }),
      {
        expiresIn: 60,
        signableHeaders: new Set(['content-type', 'content-length']),
      },
    );

  test('stores the signed type and size, and sends an event like S3', async () => {
    const response = await upload(await signed(signer(), 'originals/ä b.png'), 'hello');
    expect(response.status).toBe(200);
    expect(await read('originals/ä b.png')).toBe('hello');
    expect(created.at(-1)).toMatchObject({
      eventName: 'ObjectCreated:Put',
      bucket: bucketName,
      key: 'originals/ä b.png',
      size: 5,
      eTag: '5d41402abc4b2a76b9719d911017c592',
      caller: 'create-upload',
    });
  });

  test.each([
    [
      'of another type',
      (url: string) => upload(url, 'hello', { 'content-type': 'text/html' }),
      'SignatureDoesNotMatch',
    ],
    ['larger than agreed', (url: string) => upload(url, 'hello, this is more'), 'SignatureDoesNotMatch'],
    [
      'to another key',
      (url: string) => upload(url.replace('a.png', 'b.png'), 'hello'),
      'SignatureDoesNotMatch',
    ],
    [
      'that lives longer than signed',
      (url: string) => upload(url.replace('Expires=60', 'Expires=600'), 'hello'),
      'SignatureDoesNotMatch',
    ],
    [
      'with another signature',
      (url: string) => upload(url.replace(/Signature=..../, 'Signature=0000'), 'hello'),
      'SignatureDoesNotMatch',
    ],
    [
      'without the session token',
      (url: string) => upload(url.replace(/&X-Amz-Security-Token=[^&]*/, ''), 'hello'),
      'InvalidToken',
    ],
    [
      'of an unknown access key',
      (url: string) => upload(url.replace('ASIA', 'AKIA'), 'hello'),
      'InvalidAccessKeyId',
    ],
    ['used to read', (url: string) => fetch(url), 'SignatureDoesNotMatch'],
    [
      'with a header of AWS that is not signed',
      (url: string) =>
        upload(url, 'hello', { 'content-type': 'image/png', 'x-amz-storage-class': 'GLACIER' }),
      'AccessDenied',
    ],
    [
      'with a checksum of its own',
      (url: string) => upload(url, 'hello', { 'content-type': 'image/png', 'x-amz-checksum-sha256': 'x' }),
      'AccessDenied',
    ],
    [
      'in chunks',
      (url: string) =>
        upload(url, '5\r\nhello\r\n0\r\n\r\n', {
          'content-type': 'image/png',
          'content-encoding': 'aws-chunked',
        }),
      'SignatureDoesNotMatch', // because of the signed size
    ],
  ])('%s is refused', async (_what, send, code) => {
    const before = created.length;
    expect(await codeOf(await send(await signed(signer())))).toBe(code);
    expect(created).toHaveLength(before);
  });

  test('that has expired, or is not yet valid, is refused', async () => {
    const at = (signingDate: Date) =>
      getSignedUrl(signer(), new PutObjectCommand({ Bucket: bucketName, Key: 'originals/a.png' }), {
        expiresIn: 60,
        signingDate,
      });
    const late = await upload(await at(new Date(Date.now() - 61_000)), 'x');
    expect(await late.text()).toMatch('Request has expired');
    const early = await upload(await at(new Date(Date.now() + 3_600_000)), 'x');
    expect(await early.text()).toMatch('not yet valid');
  });

  test('has the permissions of its signer', async () => {
    expect(await codeOf(await upload(await signed(signer([]), 'originals/a.png'), 'hello'))).toBe(
      'AccessDenied',
    );
    expect(await codeOf(await upload(await signed(signer(), 'renditions/a.png'), 'hello'))).toBe(
      'AccessDenied',
    );
  });
});

describe('A presigned POST', () => {
  const signed = (statements = [mayPut]) =>
    createPresignedPost(signer(statements), {
      Bucket: bucketName,
      Key: 'originals/form.png',
      Conditions: [
        ['content-length-range', 2, 10],
        ['starts-with', '$Content-Type', 'image/'],
      ],
      Fields: { 'Content-Type': 'image/png' },
      Expires: 60,
    });
  const send = async (
    post: { url: string; fields: Record<string, string> },
    body = 'hello',
    more: Record<string, string> = {},
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...post.fields, ...more })) form.set(name, value);
    form.set('file', new Blob([body]), 'form.png');
    return fetch(post.url, { method: 'POST', body: form, headers: { origin: pageOrigin } });
  };

  test('stores the file with its type, and lets the page read the response', async () => {
    const response = await send(await signed());
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(pageOrigin);
    const { ContentType, ContentLength } = await s3.send(
      new HeadObjectCommand({ Bucket: bucketName, Key: 'originals/form.png' }),
    );
    expect({ ContentType, ContentLength }).toEqual({ ContentType: 'image/png', ContentLength: 5 });
    expect(created.at(-1)).toMatchObject({
      eventName: 'ObjectCreated:Post',
      key: 'originals/form.png',
      size: 5,
    });
  });

  test.each([
    ['a file too large', 'x'.repeat(11), {}, 'EntityTooLarge'],
    ['a file too small', 'x', {}, 'EntityTooSmall'],
    ['another type', 'hello', { 'Content-Type': 'text/html' }, 'AccessDenied'],
    ['another key', 'hello', { key: 'originals/other.png' }, 'AccessDenied'],
    ['a field that was not allowed', 'hello', { 'x-amz-meta-more': 'x' }, 'AccessDenied'],
    [
      'a policy of its own',
      'hello',
      { Policy: Buffer.from('{}').toString('base64') },
      'SignatureDoesNotMatch',
    ],
  ])('with %s is refused', async (_what, body, more, code) => {
    expect(await codeOf(await send(await signed(), body, more))).toBe(code);
  });

  test('has the permissions of its signer', async () => {
    expect(await codeOf(await send(await signed([])))).toBe('AccessDenied');
  });

  test('that is not a form is refused', async () => {
    const response = await fetch(`${awsEndpoint.url}/${bucketName}`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(await codeOf(response)).toBe('InvalidAccessKeyId');
  });
});

describe('A page of another origin', () => {
  const ask = (headers: Record<string, string>, bucket = bucketName) =>
    fetch(`${awsEndpoint.url}/${bucket}/originals/a.png`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'PUT', ...headers },
    });

  test('may upload where the CORS rules of the bucket allow it', async () => {
    const response = await ask({ origin: pageOrigin, 'access-control-request-headers': 'content-type' });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': pageOrigin,
      'access-control-allow-methods': 'PUT, POST',
      'access-control-allow-headers': 'content-type',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '600',
    });
  });

  test.each([
    ['another origin', { origin: 'https://evil.example' }, bucketName],
    ['another method', { origin: pageOrigin, 'access-control-request-method': 'DELETE' }, bucketName],
    ['another header', { origin: pageOrigin, 'access-control-request-headers': 'x-secret' }, bucketName],
    ['a bucket without rules', { origin: pageOrigin }, 'none'],
  ])('is refused with %s', async (_what, headers, bucket) => {
    const response = await ask(headers, bucket);
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('AccessForbidden');
  });
});

describe('The public picture origin', () => {
  const look = (key: string, init: RequestInit = {}) => fetch(`${awsEndpoint.url}/_images/${key}`, init);

  test('returns a rendition, and 304 for an unchanged one', async () => {
    const object = {
      Bucket: bucketName,
      Key: 'renditions/a b.webp',
      Body: 'picture',
      ContentType: 'image/webp',
      CacheControl: 'public, max-age=31536000, immutable',
    };
    await s3.send(new PutObjectCommand(object));
    const response = await look('renditions/a%20b.webp');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': object.CacheControl,
    });
    expect(await response.text()).toBe('picture');
    const again = await look('renditions/a%20b.webp', {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  test('refuses originals, listings, missing keys and uploads', async () => {
    await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: 'originals/gps.jpg', Body: 'x' }));
    for (const key of ['originals/gps.jpg', '', 'renditions/', 'renditions/absent', '%E0%A4%A'])
      expect((await look(key)).status).toBe(404);
    expect((await look('renditions/x', { method: 'PUT', body: 'x' })).status).toBe(405);
  });
});
