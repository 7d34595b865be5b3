import type { NewEvent } from '#shared/events/event.ts';
import { MediaProcessed, MediaRejected, type Rendition } from '#shared/events/media.ts';
import { newId } from '#shared/ids.ts';
import type { PictureType } from './picture-rules.ts';

/** What is known of an upload from its start. */
type Upload = {
  mediaId: string;
  productId: string;
  contentType: PictureType;
  /** As announced; the presigned request takes no other number. */
  bytes: number;
  altText: string;
  createdAt: Date;
};

/**
 * A picture of a product:
 *
 *     awaiting ──file is a picture──▶ processed
 *        └──────file is none────────▶ rejected
 */
export type Media =
  | (Upload & { state: 'awaiting' })
  | (Upload & { state: 'processed'; renditions: Rendition[]; settledAt: Date })
  | (Upload & { state: 'rejected'; reason: string; settledAt: Date });
export type AwaitingMedia = Extract<Media, { state: 'awaiting' }>;
export type SettledMedia = Exclude<Media, { state: 'awaiting' }>;

/** What became of a file: renditions, or the reason why there are none. */
export type Outcome = { kind: 'processed'; renditions: Rendition[] } | { kind: 'rejected'; reason: string };

/** Settles an upload: its one event says how. A later file of the same upload changes nothing any more. */
export function settle(
  { mediaId, productId, altText, ...rest }: AwaitingMedia,
  outcome: Outcome,
  now: Date,
): { media: SettledMedia; events: NewEvent[] } {
  const upload = { ...rest, mediaId, productId, altText, settledAt: now };
  const fact = { id: newId(), aggregateId: mediaId, sequence: 1, time: now };
  switch (outcome.kind) {
    case 'processed': {
      const { renditions } = outcome;
      const data = { mediaId, productId, altText, renditions };
      return {
        media: { ...upload, state: 'processed', renditions },
        events: [{ ...fact, definition: MediaProcessed, data }],
      };
    }
    case 'rejected': {
      const reason = outcome.reason.slice(0, 300);
      return {
        media: { ...upload, state: 'rejected', reason },
        events: [{ ...fact, definition: MediaRejected, data: { mediaId, productId, reason } }],
      };
    }
  }
}
