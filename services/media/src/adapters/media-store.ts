import { type ChangeStore, type ChangeTables, changeStore } from '#shared/dynamo/change-store.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { put } from '#shared/dynamo/write.ts';
import { MediaActionRecorded } from '#shared/events/actions.ts';
import type { Rendition } from '#shared/events/media.ts';
import { MediaNotFound } from '../domain/errors.ts';
import type { ImageType } from '../domain/image-rules.ts';
import type { Media } from '../domain/media.ts';

/** Uploads without a file are deleted after this, longer than any retry of the processor. */
const awaitingLifetimeMs = 7 * 24 * 60 * 60 * 1000;

/** Stores uploads and their results. */
export type MediaStore = ChangeStore<Media>;

type Row = {
  media_id: string;
  product_id: string;
  state: Media['state'];
  content_type: ImageType;
  bytes: number;
  alt_text: string;
  created_at: string;
  settled_at?: string;
  renditions?: Rendition[];
  reason?: string;
  /** Only while awaiting. */
  purge_at?: number;
};

/** The media table with its outbox. */
export const mediaStore = (dynamo: Dynamo, tables: ChangeTables & { media: string }): MediaStore =>
  changeStore<Media>(dynamo.transact, tables, {
    name: 'upload',
    notFound: (mediaId) => new MediaNotFound(`There is no upload ${mediaId}.`),
    read: async (mediaId) => {
      const row = await dynamo.get<Row>(tables.media, { media_id: mediaId });
      return row && toMedia(row);
    },
    recorded: { definition: MediaActionRecorded, target: ({ mediaId }) => ({ kind: 'upload', id: mediaId }) },
    insert: (media) => ({
      writes: [put(tables.media, toRow(media), { condition: 'attribute_not_exists(media_id)' })],
    }),
    update: ({ state }, media) => ({
      writes: [
        put(tables.media, toRow(media), {
          condition: '#state = :before',
          names: { '#state': 'state' },
          values: { ':before': state },
        }),
      ],
    }),
  });

const toRow = (media: Media): Row => ({
  media_id: media.mediaId,
  product_id: media.productId,
  state: media.state,
  content_type: media.contentType,
  bytes: media.bytes,
  alt_text: media.altText,
  created_at: media.createdAt.toISOString(),
  ...(media.state === 'awaiting'
    ? { purge_at: Math.floor((media.createdAt.getTime() + awaitingLifetimeMs) / 1000) }
    : { settled_at: media.settledAt.toISOString() }),
  ...(media.state === 'processed' ? { renditions: media.renditions } : {}),
  ...(media.state === 'rejected' ? { reason: media.reason } : {}),
});

function toMedia(row: Row): Media {
  const upload = {
    mediaId: row.media_id,
    productId: row.product_id,
    contentType: row.content_type,
    bytes: row.bytes,
    altText: row.alt_text,
    createdAt: new Date(row.created_at),
  };
  const settledAt = new Date(row.settled_at ?? row.created_at);
  switch (row.state) {
    case 'awaiting':
      return { ...upload, state: 'awaiting' };
    case 'processed':
      return { ...upload, state: 'processed', renditions: row.renditions ?? [], settledAt };
    case 'rejected':
      return { ...upload, state: 'rejected', reason: row.reason ?? '', settledAt };
  }
}
