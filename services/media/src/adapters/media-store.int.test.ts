import { dynamo } from '#shared/dynamo/dynamo.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { newId } from '#shared/ids.ts';
import { tables } from '#shared/testing/engines.ts';
import { expiryOf } from '#shared/testing/time-to-live.ts';
import { type AwaitingMedia, type ProcessingResult, settle } from '../domain/media.ts';
import { mediaStore } from './media-store.ts';

const names = await tables('media', 'media-outbox');
const db = dynamo();
const store = mediaStore(db, { media: names.media, outbox: names['media-outbox'] });
const createdAt = new Date('2027-03-01T12:00:00.000Z');
const day = 24 * 60 * 60 * 1000;

async function anUpload(): Promise<AwaitingMedia> {
  const media: AwaitingMedia = {
    mediaId: newId(),
    productId: newId(),
    contentType: 'image/png',
    bytes: 5,
    altText: 'A lamp',
    createdAt,
    state: 'awaiting',
  };
  await store.add(media, []);
  return media;
}

const itemOf = ({ mediaId }: AwaitingMedia) => db.get<Item>(names.media, { media_id: mediaId });

test('an upload without a file is deleted after seven days', async () => {
  const upload = await anUpload();
  expect(await expiryOf('media', await itemOf(upload))).toEqual(new Date(createdAt.getTime() + 7 * day));
});

test.each<ProcessingResult>([
  { kind: 'processed', renditions: [] },
  { kind: 'rejected', reason: 'not an image' },
])('an upload that is $kind is never deleted', async (result) => {
  const upload = await anUpload();
  const { media, events } = settle(upload, result, { eventId: newId(), now: createdAt });
  expect(await store.settle(media, events, { correlationId: 'test' })).toBe(true);
  expect(await store.find(upload.mediaId)).toEqual(media);
  expect(await expiryOf('media', await itemOf(upload))).toBeUndefined();
});
