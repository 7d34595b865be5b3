import { randomUUID } from 'node:crypto';
import { admin, mediaService } from '../../testing/media-service.ts';

const media = await mediaService();
const uploadBody = (over: Record<string, unknown> = {}) => ({
  productId: randomUUID(),
  contentType: 'image/png',
  bytes: 5,
  altText: 'A lamp',
  ...over,
});
const put = (url: string, body: string, type = 'image/png') =>
  fetch(url, { method: 'PUT', body, headers: { 'Content-Type': type } });

describe('an upload', () => {
  test('is registered as awaiting and accepts the declared file', async () => {
    const { status, headers, body } = await media.register(uploadBody());
    expect([status, headers['location']]).toEqual([201, `/api/v1/media/${body.mediaId}`]);
    expect((await put(body.upload.url, 'hello')).status).toBe(200);
    expect((await media.get(body.mediaId)).body).toMatchObject({ state: 'awaiting', altText: 'A lamp' });
  });

  test('can be sent for ten minutes', async () => {
    const { url, expiresAt } = (await media.register(uploadBody())).body.upload as unknown as {
      url: string;
      expiresAt: string;
    };
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('600');
    const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9);
    expect(minutes).toBeLessThanOrEqual(10);
  });

  test('accepts no other type and no other size', async () => {
    const { url } = (await media.register(uploadBody())).body.upload;
    expect((await put(url, 'hello', 'text/html')).status).toBe(403);
    expect((await put(url, 'hello!')).status).toBe(403);
  });

  test('with the same key is the same upload', async () => {
    const request = { headers: { 'Idempotency-Key': randomUUID() } };
    const body = uploadBody();
    const [first, second] = [await media.register(body, request), await media.register(body, request)];
    expect(second.body.mediaId).toBe(first.body.mediaId);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await media.register(uploadBody(), request)).status).toBe(422);
  });

  test('requested ten times at once with one key is one upload', async () => {
    const request = { headers: { 'Idempotency-Key': randomUUID() } };
    const body = uploadBody();
    const responses = await Promise.all(Array.from({ length: 10 }, () => media.register(body, request)));
    expect(new Set(responses.map(({ status, body: { mediaId } }) => `${status} ${mediaId}`)).size).toBe(1);
  });

  test.each([
    ['contentType', 'image/svg+xml'],
    ['bytes', 15 * 1024 * 1024 + 1],
    ['bytes', 0],
    ['bytes', '5'],
    ['productId', 'lamp'],
    ['altText', ' '],
    ['altText', 'x'.repeat(301)],
    ['altText', 'A lamp\r\nand more'],
    ['unknown', 1],
  ])('with %s %j is refused, naming the field', async (field, value) => {
    const { status, body } = await media.register(uploadBody({ [field]: value }));
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('requires an admin', async () => {
    expect((await media.register(uploadBody(), { caller: { ...admin, roles: ['customer'] } })).status).toBe(
      403,
    );
    expect((await media.get(randomUUID(), { caller: { ...admin, roles: ['customer'] } })).status).toBe(403);
  });
});

test('an unknown upload returns 404', async () => {
  expect(await media.get(randomUUID())).toMatchObject({ status: 404, body: { code: 'MEDIA_NOT_FOUND' } });
  expect((await media.get('lamp')).status).toBe(400);
});

test('health reports that the table responds', async () => {
  expect(await media.health()).toMatchObject({ status: 200, body: { status: 'ok', service: 'media' } });
});
