import { mediaIdOf, originalKey, widthsFor } from './image-rules.ts';
import { type AwaitingMedia, settle } from './media.ts';

const now = new Date('2027-03-01T12:00:00Z');
const id = '0190b4c0-0000-7000-8000-000000000001';
const eventId = '0190b4c0-0000-7000-8000-000000000002';
const upload: AwaitingMedia = {
  mediaId: id,
  productId: id,
  contentType: 'image/png',
  bytes: 5,
  altText: 'A lamp',
  createdAt: now,
  state: 'awaiting',
};

test('an image is settled with its renditions and one event', () => {
  const { media, events } = settle(upload, { kind: 'processed', renditions: [] }, { eventId, now });
  expect(media).toMatchObject({ state: 'processed', renditions: [], settledAt: now });
  expect(events).toMatchObject([
    { id: eventId, aggregateId: id, sequence: 1, definition: { type: 'MEDIA_PROCESSED' } },
  ]);
});

test('a file that is not an image is settled with a reason of at most 300 characters and one event', () => {
  const { media, events } = settle(upload, { kind: 'rejected', reason: 'x'.repeat(301) }, { eventId, now });
  expect(media).toMatchObject({ state: 'rejected', reason: 'x'.repeat(300) });
  expect(events).toMatchObject([{ definition: { type: 'MEDIA_REJECTED' }, data: { mediaId: id } }]);
});

test.each([
  [4000, [320, 640, 1280]],
  [1280, [320, 640, 1280]],
  [700, [320, 640, 700]],
  [640, [320, 640]],
  [320, [320]],
  [8, [8]],
])('an image %d wide gets renditions %j wide', (width, widths) => {
  expect(widthsFor(width)).toEqual(widths);
});

test('only the key of an original names an upload', () => {
  expect(mediaIdOf(originalKey(id))).toBe(id);
  for (const key of [`renditions/${id}`, `originals/${id}/x`, `originals/../${id}`, 'originals/'])
    expect(mediaIdOf(key)).toBeUndefined();
});
