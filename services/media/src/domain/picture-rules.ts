/** What may be uploaded and what is made of it. */

/** Content types that may be uploaded, and the format that a file of this type must have. */
export const formatOfType = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
} as const;
export type PictureType = keyof typeof formatOfType;
export const pictureTypes = Object.keys(formatOfType) as [PictureType, ...PictureType[]];

/** A phone's photograph has 3 to 12 MB. */
export const maxUploadBytes = 15 * 1024 * 1024;
/** How long an upload may be begun. */
export const uploadExpiryMs = 10 * 60 * 1000;

/**
 * Pixels of a picture at most. Decoded whole, as interlaced files are, so many need about 300 MB of the function's
 * 1,024; a small file can name any size in its header.
 */
export const maxPixels = 50_000_000;

/** Widths that shops show pictures in: a list on a phone, a list on a desk, a product's own page. */
const widths = [320, 640, 1280] as const;
/** The widest of them. */
export const widestWidth = 1280;
/** A side at most; WebP can have no more. A picture is scaled to fit. */
export const maxHeight = 4096;

/** WebP for every browser of today; JPEG for what else reads pictures (mails, feeds). */
export const formats = ['webp', 'jpeg'] as const;
export type RenditionFormat = (typeof formats)[number];

/** The widths to make of a picture that is `width` wide: never larger than it is, and at least one. */
export const widthsFor = (width: number): number[] => {
  const smaller = widths.filter((candidate) => candidate <= width);
  return smaller.length === widths.length || smaller.at(-1) === width ? smaller : [...smaller, width];
};

/** Where an upload is put. */
export const originalKey = (mediaId: string): string => `originals/${mediaId}`;

/** The upload that an object belongs to; undefined for one that is none of ours. */
export const mediaIdOf = (key: string): string | undefined =>
  /^originals\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/.exec(key)?.[1];

/** Where a rendition is kept: its content never changes, so that it may be kept by everybody for ever. */
export const renditionKey = (mediaId: string, width: number, format: RenditionFormat): string =>
  `renditions/${mediaId}/${width}.${format}`;
export const renditionCacheControl = 'public, max-age=31536000, immutable';
