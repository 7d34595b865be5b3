import { mediaIdOf, originalKey, widthsFor } from './image-rules.ts';
import { decideMedia, type Media, type ProcessingResult, registerUpload } from './media.ts';

const now = new Date('2027-03-01T12:00:00Z');
const mediaId = '0190b4c0-0000-7000-8000-000000000001';
const eventId = '0190b4c0-0000-7000-8000-000000000002';
const registered = registerUpload({
  mediaId,
  productId: mediaId,
  contentType: 'image/png',
  bytes: 5,
  altText: 'A lamp',
  createdAt: now,
});
const upload = (registered as { state: Media }).state;
const settle = (result: ProcessingResult, media = upload) =>
  decideMedia(media, { kind: 'settle', result, eventId, now });

test('a registered upload is awaiting, without an event', () => {
  expect(registered).toMatchObject({ kind: 'changed', state: { state: 'awaiting' }, events: [] });
});

test('an image is settled with its renditions and one event', () => {
  expect(settle({ kind: 'processed', renditions: [] })).toMatchObject({
    state: { state: 'processed', renditions: [], settledAt: now },
    events: [{ id: eventId, aggregateId: mediaId, sequence: 1, definition: { type: 'MEDIA_PROCESSED' } }],
  });
});

test('a file that is not an image is settled with a reason of at most 300 characters and one event', () => {
  const reason = 'x'.repeat(300);
  expect(settle({ kind: 'rejected', reason: `${reason}x` })).toMatchObject({
    state: { state: 'rejected', reason },
    events: [{ id: eventId, definition: { type: 'MEDIA_REJECTED' }, data: { mediaId, reason } }],
  });
});

test.each<ProcessingResult>([
  { kind: 'processed', renditions: [] },
  { kind: 'rejected', reason: 'damaged' },
])('an upload that is $kind is unchanged by another file', (first) => {
  const settled = (settle(first) as { state: Media }).state;
  expect(settle({ kind: 'rejected', reason: 'other' }, settled)).toEqual({
    kind: 'unchanged',
    state: settled,
  });
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
  expect(mediaIdOf(originalKey(mediaId))).toBe(mediaId);
  for (const key of [
    `renditions/${mediaId}`,
    `originals/${mediaId}/x`,
    `originals/../${mediaId}`,
    'originals/',
  ])
    expect(mediaIdOf(key)).toBeUndefined();
});
