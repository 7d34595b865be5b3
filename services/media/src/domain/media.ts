import type { NewEvent } from '#shared/events/event.ts';
import { MediaProcessed, MediaRejected, type Rendition } from '#shared/events/media.ts';
import type { ImageType } from './image-rules.ts';

type Upload = {
  mediaId: string;
  productId: string;
  contentType: ImageType;
  /** As declared; the presigned request accepts exactly this size. */
  bytes: number;
  altText: string;
  createdAt: Date;
};

/**
 * An uploaded image of a product:
 *
 *     awaiting ──file is an image──────▶ processed
 *        └──────file is not an image──▶ rejected
 */
export type Media =
  | (Upload & { state: 'awaiting' })
  | (Upload & { state: 'processed'; renditions: Rendition[]; settledAt: Date })
  | (Upload & { state: 'rejected'; reason: string; settledAt: Date });
export type AwaitingMedia = Extract<Media, { state: 'awaiting' }>;
export type SettledMedia = Exclude<Media, { state: 'awaiting' }>;

/** The result of processing a file: its renditions, or the reason why there are none. */
export type ProcessingResult =
  | { kind: 'processed'; renditions: Rendition[] }
  | { kind: 'rejected'; reason: string };

/** MEDIA_REJECTED takes no longer reason. */
const maxReasonLength = 300;

/** Settles an upload with its one event. A later file of the same upload changes nothing. */
export function settle(
  { mediaId, productId, altText, ...rest }: AwaitingMedia,
  result: ProcessingResult,
  { eventId, now }: { eventId: string; now: Date },
): { media: SettledMedia; events: NewEvent[] } {
  const upload = { ...rest, mediaId, productId, altText, settledAt: now };
  const event = { id: eventId, aggregateId: mediaId, sequence: 1, time: now };
  switch (result.kind) {
    case 'processed': {
      const { renditions } = result;
      const data = { mediaId, productId, altText, renditions };
      return {
        media: { ...upload, state: 'processed', renditions },
        events: [{ ...event, definition: MediaProcessed, data }],
      };
    }
    case 'rejected': {
      const reason = result.reason.slice(0, maxReasonLength);
      return {
        media: { ...upload, state: 'rejected', reason },
        events: [{ ...event, definition: MediaRejected, data: { mediaId, productId, reason } }],
      };
    }
  }
}
