import { type AwaitingMedia, settle } from './media.ts';
import { mediaIdOf, originalKey, widthsFor } from './picture-rules.ts';

const now = new Date('2027-03-01T12:00:00Z');
const id = '0190b4c0-0000-7000-8000-000000000001';
const upload: AwaitingMedia = {
  mediaId: id,
  productId: id,
  contentType: 'image/png',
  bytes: 5,
  altText: 'A lamp',
  createdAt: now,
  state: 'awaiting',
};

test('a picture is settled with its renditions, and announced', () => {
  const { media, events } = settle(upload, { kind: 'processed', renditions: [] }, now);
  expect(media).toMatchObject({ state: 'processed', renditions: [], settledAt: now });
  expect(events).toMatchObject([{ aggregateId: id, sequence: 1, definition: { type: 'MEDIA_PROCESSED' } }]);
});

test('what is no picture is settled with the reason, in bounds, and announced', () => {
  const { media, events } = settle(upload, { kind: 'rejected', reason: 'x'.repeat(999) }, now);
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
])('a picture %d wide is shown %j wide', (width, widths) => {
  expect(widthsFor(width)).toEqual(widths);
});

test('only an original’s own key names an upload', () => {
  expect(mediaIdOf(originalKey(id))).toBe(id);
  for (const key of [`renditions/${id}`, `originals/${id}/x`, `originals/../${id}`, 'originals/'])
    expect(mediaIdOf(key)).toBeUndefined();
});
