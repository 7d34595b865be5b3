import { dynamo } from '#shared/dynamo/dynamo.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { newId } from '#shared/ids.ts';
import { tables } from '#shared/testing/engines.ts';
import { expiryOf } from '#shared/testing/time-to-live.ts';
import { decideMedia, type Media, type ProcessingResult, registerUpload } from '../domain/media.ts';
import { mediaStore } from './media-store.ts';

const names = await tables('media', 'media-outbox', 'media-idempotency');
const db = dynamo();
const store = mediaStore(db, {
  media: names.media,
  outbox: names['media-outbox'],
  idempotency: names['media-idempotency'],
});
const options = { cause: { correlationId: 'test' } };
const createdAt = new Date('2027-03-01T12:00:00.000Z');
const day = 24 * 60 * 60 * 1000;

const anUpload = (): Promise<Media> => {
  const decision = registerUpload({
    mediaId: newId(),
    productId: newId(),
    contentType: 'image/png',
    bytes: 5,
    altText: 'A lamp',
    createdAt,
  });
  return store.create(decision, options);
};

const itemOf = ({ mediaId }: Media) => db.get<Item>(names.media, { media_id: mediaId });

test('an upload without a file is deleted after seven days', async () => {
  const upload = await anUpload();
  expect(await expiryOf('media', await itemOf(upload))).toEqual(new Date(createdAt.getTime() + 7 * day));
});

test.each<ProcessingResult>([
  { kind: 'processed', renditions: [] },
  { kind: 'rejected', reason: 'not an image' },
])('an upload that is $kind is never deleted', async (result) => {
  const upload = await anUpload();
  const command = { kind: 'settle', result, eventId: newId(), now: createdAt } as const;
  const media = await store.change(upload.mediaId, (current) => decideMedia(current, command), options);
  expect(media.state).toBe(result.kind);
  expect(await store.find(upload.mediaId)).toEqual(media);
  expect(await expiryOf('media', await itemOf(upload))).toBeUndefined();
});
