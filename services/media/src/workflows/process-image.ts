import type { Clock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { WrittenObject } from '#shared/lambda/bucket.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import type { ImageBucket } from '../adapters/image-bucket.ts';
import type { RenderImage } from '../adapters/image-renderer.ts';
import type { MediaStore } from '../adapters/media-store.ts';
import { NotAnImage } from '../domain/errors.ts';
import { maxUploadBytes, mediaIdOf, renditionKey } from '../domain/image-rules.ts';
import { decideMedia, type Media, type ProcessingResult } from '../domain/media.ts';

export type ImageProcessorDeps = {
  media: MediaStore;
  images: ImageBucket;
  render: RenderImage;
  imageBaseUrl: string;
  clock: Clock;
};

/**
 * Renders an uploaded file and settles its upload. Repeated S3 notifications are harmless: the same file gives the
 * same renditions under the same keys, and an upload is settled once.
 */
export async function processImage(
  deps: ImageProcessorDeps,
  written: WrittenObject,
  cause: Cause,
): Promise<void> {
  const mediaId = mediaIdOf(written.key);
  const media = mediaId === undefined ? undefined : await deps.media.find(mediaId);
  if (media?.state !== 'awaiting') {
    logger.info('file ignored', { key: written.key, state: media?.state ?? 'unknown' });
    return;
  }
  const result = await renderFile(deps, media, written.bytes);
  const command = { kind: 'settle', result, eventId: newId(), now: deps.clock() } as const;
  await deps.media.change(media.mediaId, (current) => decideMedia(current, command), {
    cause,
    lastRead: media,
  });
}

async function renderFile(
  { images, render, imageBaseUrl }: ImageProcessorDeps,
  { mediaId, contentType }: Media,
  bytes: number,
): Promise<ProcessingResult> {
  try {
    if (bytes > maxUploadBytes) throw new NotAnImage(`The file is larger than ${maxUploadBytes} bytes.`);
    const file = await images.readOriginal(mediaId);
    const renditions = await render(file, contentType, async (rendered) => {
      const { format, width, height, bytes } = rendered;
      const key = renditionKey(mediaId, width, format);
      await images.writeRendition(key, rendered.contentType, bytes);
      return { key, url: `${imageBaseUrl}/${key}`, format, width, height, bytes: bytes.length };
    });
    return { kind: 'processed', renditions };
  } catch (error) {
    if (!(error instanceof NotAnImage)) throw error;
    // The decoder's own message goes to the log only.
    logger.info('file rejected', { mediaId, reason: error.message, error: error.cause as Error });
    return { kind: 'rejected', reason: error.message };
  }
}
