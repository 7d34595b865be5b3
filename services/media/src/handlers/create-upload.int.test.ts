import { randomUUID } from 'node:crypto';
import { admin, mediaService } from '../../testing/media-service.ts';

const media = await mediaService();
const wish = (over: Record<string, unknown> = {}) => ({
  productId: randomUUID(),
  contentType: 'image/png',
  bytes: 5,
  altText: 'A lamp',
  ...over,
});
const put = (url: string, body: string, type = 'image/png') =>
  fetch(url, { method: 'PUT', body, headers: { 'Content-Type': type } });

describe('an upload', () => {
  test('is announced and awaited; what was agreed may be sent', async () => {
    const { status, headers, body } = await media.announce(wish());
    expect([status, headers['location']]).toEqual([201, `/api/v1/media/${body.mediaId}`]);
    expect((await put(body.upload.url, 'hello')).status).toBe(200);
    expect((await media.look(body.mediaId)).body).toMatchObject({ state: 'awaiting', altText: 'A lamp' });
  });

  test('takes no other type and not a byte more', async () => {
    const { url } = (await media.announce(wish())).body.upload;
    expect((await put(url, 'hello', 'text/html')).status).toBe(403);
    expect((await put(url, 'hello!')).status).toBe(403);
  });

  test('with the same key again is the same upload', async () => {
    const request = { headers: { 'Idempotency-Key': randomUUID() } };
    const body = wish();
    const [first, second] = [await media.announce(body, request), await media.announce(body, request)];
    expect(second.body.mediaId).toBe(first.body.mediaId);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await media.announce(wish(), request)).status).toBe(422);
  });

  test('ten times at once with one key is one upload', async () => {
    const request = { headers: { 'Idempotency-Key': randomUUID() } };
    const body = wish();
    const answers = await Promise.all(Array.from({ length: 10 }, () => media.announce(body, request)));
    expect(new Set(answers.map(({ status, body: { mediaId } }) => `${status} ${mediaId}`)).size).toBe(1);
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
  ])('with %s %j is refused by name', async (field, value) => {
    const { status, body } = await media.announce(wish({ [field]: value }));
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('is for admins', async () => {
    expect((await media.announce(wish(), { caller: { ...admin, roles: ['customer'] } })).status).toBe(403);
    expect((await media.look(randomUUID(), { caller: { ...admin, roles: ['customer'] } })).status).toBe(403);
  });
});

test('an upload that is not there is said to be so', async () => {
  expect(await media.look(randomUUID())).toMatchObject({ status: 404, body: { code: 'MEDIA_NOT_FOUND' } });
  expect((await media.look('lamp')).status).toBe(400);
});

test('the service says that it works', async () => {
  expect(await media.health()).toMatchObject({ status: 200, body: { status: 'ok', service: 'media' } });
});
