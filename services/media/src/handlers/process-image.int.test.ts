import { randomUUID } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import type { Rendition } from '#shared/events/media.ts';
import { corners, phonePhotograph, transparentImage, webpImage } from '../../testing/images.ts';
import { mediaService } from '../../testing/media-service.ts';

const media = await mediaService();
const s3 = new S3Client({});

const objectOf = async ({ url }: Rendition) => {
  const Key = url.replace('https://images.test/', '');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: media.bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const colourAt = async (image: Buffer, left: number, top: number) => {
  const { data } = await sharp(image)
    .extract({ left, top, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data];
};
const near = (colour: readonly number[]) => colour.map((value) => expect.closeTo(value, -2));
const renditionsOf = async (mediaId: string) => (await media.get(mediaId)).body['renditions'] as Rendition[];
const processed = async (file: Buffer, type: string) => {
  const mediaId = await media.upload(file, type);
  await media.written(mediaId);
  return mediaId;
};

describe('a photograph', () => {
  test('gets renditions in three sizes and two formats, upright, without metadata', async () => {
    const mediaId = await processed(await phonePhotograph(1600, 1200), 'image/jpeg');
    const renditions = await renditionsOf(mediaId);
    expect(renditions.map(({ width, height, format }) => `${width}x${height} ${format}`)).toEqual([
      '320x240 webp',
      '320x240 jpeg',
      '640x480 webp',
      '640x480 jpeg',
      '1280x960 webp',
      '1280x960 jpeg',
    ]);
    for (const rendition of renditions) {
      const file = await objectOf(rendition);
      const { width, height, format, exif, icc, xmp, orientation, space } = await sharp(file).metadata();
      expect({ width, height, format, bytes: file.length, space }).toMatchObject({
        width: rendition.width,
        height: rendition.height,
        format: rendition.format,
        bytes: rendition.bytes,
        space: 'srgb',
      });
      expect([exif, icc, xmp, orientation]).toEqual([undefined, undefined, undefined, undefined]);
      expect(file.includes('GPS')).toBe(false);
      const [right, bottom] = [rendition.width - 10, rendition.height - 10];
      expect(await colourAt(file, 10, 10)).toEqual(near(corners.topLeft));
      expect(await colourAt(file, right, 10)).toEqual(near(corners.topRight));
      expect(await colourAt(file, 10, bottom)).toEqual(near(corners.bottomLeft));
    }
  });

  test('gets renditions that caches may keep for a year', async () => {
    const mediaId = await processed(await phonePhotograph(400, 300), 'image/jpeg');
    const head = await s3.send(
      new HeadObjectCommand({ Bucket: media.bucket, Key: `renditions/${mediaId}/320.webp` }),
    );
    expect(head.CacheControl).toBe('public, max-age=31536000, immutable');
    expect(head.ContentType).toBe('image/webp');
  });

  test('smaller than a rendition width is not enlarged', async () => {
    const mediaId = await processed(await webpImage(500, 400), 'image/webp');
    expect((await renditionsOf(mediaId)).map(({ width }) => width)).toEqual([320, 320, 500, 500]);
    const tiny = await processed(await webpImage(8, 6), 'image/webp');
    expect((await renditionsOf(tiny)).map(({ width, height }) => [width, height])).toEqual([
      [8, 6],
      [8, 6],
    ]);
  });
});

test('transparency is kept in WebP and becomes white in JPEG', async () => {
  const mediaId = await processed(await transparentImage(800, 600), 'image/png');
  const [webp, jpeg] = await Promise.all((await renditionsOf(mediaId)).slice(0, 2).map(objectOf));
  expect((await colourAt(webp!, 10, 10)).at(3)).toBe(0);
  expect((await colourAt(webp!, 310, 10)).at(3)).toBe(255);
  expect(await colourAt(jpeg!, 10, 10)).toEqual(near([255, 255, 255]));
});

describe('the event MEDIA_PROCESSED', () => {
  test('lists the renditions and is written once, however often S3 notifies', async () => {
    const mediaId = await media.upload(await webpImage(), 'image/webp');
    await Promise.all([media.written(mediaId), media.written(mediaId)]);
    await media.written(mediaId);
    expect(await media.entries(mediaId)).toHaveLength(1);
    await media.relay(mediaId);
    await media.relay(mediaId);
    expect(await media.published()).toMatchObject([
      {
        type: 'MEDIA_PROCESSED',
        aggregateId: mediaId,
        sequence: 1,
        correlationId: 'request',
        data: { mediaId, altText: 'A lamp', renditions: { length: 4 } },
      },
    ]);
  });

  test('is published by the sweep if the stream’s relay failed', async () => {
    const mediaId = await processed(await webpImage(), 'image/webp');
    const published = async () =>
      (await media.published()).filter(({ aggregateId }) => aggregateId === mediaId);
    await media.sweep(new Date());
    expect(await published()).toEqual([]);
    const later = new Date(Date.now() + 61_000);
    await media.sweep(later);
    expect(await published()).toHaveLength(1);
    await media.sweep(later);
    expect(await published()).toEqual([]);
  });
});

describe('a file that is two things at once', () => {
  const page = Buffer.from('<html><script>alert(1)</script></html>');
  /** A ZIP archive is found from its end, so one after a picture is a valid archive. */
  const archive = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
  const withComment = async (text: Buffer) => {
    const jpeg = await phonePhotograph(400, 300);
    const length = Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 0xff]);
    return Buffer.concat([jpeg.subarray(0, 2), length, text, jpeg.subarray(2)]);
  };

  test.each([
    [
      'a photograph and, behind it, a web page',
      async () => Buffer.concat([await phonePhotograph(400, 300), page]),
      page,
    ],
    [
      'a photograph and, behind it, a ZIP archive',
      async () => Buffer.concat([await phonePhotograph(400, 300), archive]),
      archive,
    ],
    ['a photograph with a web page as its comment', () => withComment(page), page],
  ])('%s: the renditions contain only the picture', async (_, file, payload) => {
    const bytes = await file();
    expect(bytes.includes(payload)).toBe(true);
    const renditions = await renditionsOf(await processed(bytes, 'image/jpeg'));
    expect(renditions.length).toBeGreaterThan(0);
    for (const rendition of renditions) {
      const written = await objectOf(rendition);
      expect(written.includes(payload)).toBe(false);
      expect((await sharp(written).metadata()).format).toBe(rendition.format);
    }
  });

  test.each([
    ['a web page before a photograph', async () => Buffer.concat([page, await phonePhotograph(400, 300)])],
    ['a GIF that is also a script', async () => Buffer.from('GIF89a/*\x00\x00*/=1;alert(1)')],
    [
      'a PDF that contains a photograph',
      async () => Buffer.concat([Buffer.from('%PDF-1.7\n'), await phonePhotograph(400, 300)]),
    ],
  ])('%s is rejected', async (_, file) => {
    const mediaId = await processed(await file(), 'image/jpeg');
    expect((await media.get(mediaId)).body).toMatchObject({ state: 'rejected' });
  });
});

describe('a file that is not an image is rejected with the reason', () => {
  const junk = Buffer.from('<html>not a picture</html>');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const truncated = async () => (await phonePhotograph(800, 600)).subarray(0, 2000);
  const truncatedPng = async () =>
    (
      await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red' } })
        .png()
        .toBuffer()
    ).subarray(0, -40);
  /** A PNG of a few bytes whose header declares 60,000 × 60,000 pixels. */
  const bomb = async () => {
    const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    return png;
  };

  test.each([
    ['junk', async () => junk, 'image/png', /not a JPEG, PNG or WebP/],
    ['an SVG', async () => svg, 'image/png', /not a JPEG, PNG or WebP/],
    ['another type than announced', () => webpImage(), 'image/jpeg', /The file is webp/],
    ['a truncated photograph', truncated, 'image/jpeg', /damaged/],
    ['a small file that declares a huge image', bomb, 'image/png', /has 60000 × 60000 pixels/],
    ['a truncated PNG', truncatedPng, 'image/png', /^The file is damaged or takes too long to decode\.$/],
  ])('%s', async (_, file, type, reason) => {
    const mediaId = await processed(await file(), type);
    expect((await media.get(mediaId)).body).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(reason),
    });
    await media.relay(mediaId);
    expect((await media.published()).at(-1)).toMatchObject({ type: 'MEDIA_REJECTED', data: { mediaId } });
  });

  test('a file over the size limit is rejected without reading it', async () => {
    const mediaId = await media.upload(junk, 'image/png');
    await media.written(mediaId, { size: 15 * 1024 * 1024 + 1 });
    expect((await media.get(mediaId)).body).toMatchObject({ state: 'rejected' });
  });
});

describe('ignored files', () => {
  test('a file written after its upload was settled', async () => {
    const mediaId = await processed(await webpImage(500, 400), 'image/webp');
    const before = (await media.get(mediaId)).body;
    await s3.send(
      new PutObjectCommand({ Bucket: media.bucket, Key: `originals/${mediaId}`, Body: Buffer.from('junk') }),
    );
    await media.written(mediaId);
    expect((await media.get(mediaId)).body).toEqual(before);
  });

  test('a file of an unknown upload or with another kind of key', async () => {
    await media.written(randomUUID());
    await media.written('', { key: 'originals/../x y.png' });
    expect(await media.published()).toEqual([]);
  });
});

/** CRC-32 of a PNG chunk (PNG specification, annex D). */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
