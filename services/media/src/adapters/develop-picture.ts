import type { Clock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import type { WrittenObject } from '#shared/lambda/bucket.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { NotAPicture } from '../domain/errors.ts';
import { type AwaitingMedia, type Outcome, settle } from '../domain/media.ts';
import { maxUploadBytes, mediaIdOf, renditionKey } from '../domain/picture-rules.ts';
import type { MediaStore } from './media-store.ts';
import type { PictureBucket } from './picture-bucket.ts';
import { makeRenditions } from './picture-studio.ts';

/** What is needed to develop pictures. */
export type Darkroom = { media: MediaStore; pictures: PictureBucket; imageBaseUrl: string; clock: Clock };

/**
 * Turns an uploaded file into renditions and settles its upload. The same file gives the same renditions under the
 * same keys, and only one settlement stands, so that S3 may announce a file as often as it likes.
 */
export async function developPicture(room: Darkroom, written: WrittenObject, cause: Cause): Promise<void> {
  const mediaId = mediaIdOf(written.key);
  const media = mediaId === undefined ? undefined : await room.media.find(mediaId);
  if (media?.state !== 'awaiting') {
    logger.info('file passed over', { key: written.key, state: media?.state ?? 'unknown' });
    return;
  }
  const outcome = await develop(room, media, written.bytes);
  const settled = settle(media, outcome, room.clock());
  await room.media.settle(settled.media, settled.events, cause);
}

async function develop(room: Darkroom, media: AwaitingMedia, bytes: number): Promise<Outcome> {
  const { mediaId, contentType } = media;
  try {
    if (bytes > maxUploadBytes) throw new NotAPicture(`The file is larger than ${maxUploadBytes} bytes.`);
    const file = await room.pictures.readOriginal(mediaId);
    const renditions = await makeRenditions(file, contentType, async (made) => {
      const { format, width, height, bytes } = made;
      const key = renditionKey(mediaId, width, format);
      await room.pictures.writeRendition(key, made.contentType, bytes);
      return { key, url: `${room.imageBaseUrl}/${key}`, format, width, height, bytes: bytes.length };
    });
    return { kind: 'processed', renditions };
  } catch (error) {
    if (!(error instanceof NotAPicture)) throw error;
    // The decoder's own words stay here.
    logger.info('file rejected', { mediaId, reason: error.message, error: error.cause as Error });
    return { kind: 'rejected', reason: error.message };
  }
}
