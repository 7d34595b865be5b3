import type { Decider, Decision } from '#shared/decider.ts';
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

/** The result of processing a file: its renditions, or the reason why there are none. */
export type ProcessingResult =
  | { kind: 'processed'; renditions: Rendition[] }
  | { kind: 'rejected'; reason: string };

export type MediaCommand = { kind: 'settle'; result: ProcessingResult; eventId: string; now: Date };

/** MEDIA_REJECTED takes no longer reason. */
const maxReasonLength = 300;

/** Registers an upload, whose file is still to come. */
export const registerUpload = (upload: Upload): Decision<Media> => ({
  kind: 'changed',
  state: { ...upload, state: 'awaiting' },
  events: [],
});

/** Settles an upload with its one event. A later file of the same upload changes nothing. */
export const decideMedia: Decider<Media, MediaCommand> = (media, { result, eventId, now }) => {
  switch (media.state) {
    case 'processed':
    case 'rejected':
      return { kind: 'unchanged', state: media };
    case 'awaiting':
      return settle(media, result, eventId, now);
  }
};

function settle(upload: Upload, result: ProcessingResult, eventId: string, now: Date): Decision<Media> {
  const { mediaId, productId, altText } = upload;
  const event = { id: eventId, aggregateId: mediaId, sequence: 1, time: now };
  const changed = (state: Media, announced: NewEvent): Decision<Media> => ({
    kind: 'changed',
    state,
    events: [announced],
  });
  switch (result.kind) {
    case 'processed': {
      const { renditions } = result;
      const data = { mediaId, productId, altText, renditions };
      return changed(
        { ...upload, state: 'processed', renditions, settledAt: now },
        { ...event, definition: MediaProcessed, data },
      );
    }
    case 'rejected': {
      const reason = result.reason.slice(0, maxReasonLength);
      return changed(
        { ...upload, state: 'rejected', reason, settledAt: now },
        { ...event, definition: MediaRejected, data: { mediaId, productId, reason } },
      );
    }
  }
}
