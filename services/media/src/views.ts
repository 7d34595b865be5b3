import type { Media } from './domain/media.ts';

/** An upload as staff sees it. */
export const mediaView = (media: Media) => ({
  mediaId: media.mediaId,
  productId: media.productId,
  state: media.state,
  contentType: media.contentType,
  bytes: media.bytes,
  altText: media.altText,
  createdAt: media.createdAt.toISOString(),
  ...(media.state === 'awaiting' ? {} : { settledAt: media.settledAt.toISOString() }),
  ...(media.state === 'processed'
    ? { renditions: media.renditions.map(({ key: _, ...rendition }) => rendition) }
    : {}),
  ...(media.state === 'rejected' ? { reason: media.reason } : {}),
});
