/** Which files may be uploaded and which renditions they get. */

/** Content types that may be uploaded, and the format that a file of this type must have. */
export const formatOfType = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
} as const;
export type ImageType = keyof typeof formatOfType;
export const imageTypes = Object.keys(formatOfType) as [ImageType, ...ImageType[]];

/** A phone's photograph has 3 to 12 MB. */
export const maxUploadBytes = 15 * 1024 * 1024;
/** An upload must start within this time. */
export const uploadExpiryMs = 10 * 60 * 1000;

/**
 * Interlaced files are decoded as a whole: this many pixels need about 300 MB of the function's 1,024, and 550 with 16
 * bits per channel (`npm run bench:image`). A small file can declare any size in its header.
 */
export const maxPixels = 50_000_000;

/** Widths that shops show: a list on a phone, a list on a desktop, a product page. */
const widths = [320, 640, 1280] as const;
export const widestWidth = 1280;
/** Taller images are scaled down to this height. */
export const maxHeight = 4096;

/** WebP for current browsers, JPEG for everything else (mails, feeds). */
export const formats = ['webp', 'jpeg'] as const;
export type RenditionFormat = (typeof formats)[number];

/** The widths to render of an image that is `width` wide: at least one, never wider than the image. */
export const widthsFor = (width: number): number[] => {
  const smaller = widths.filter((candidate) => candidate <= width);
  return smaller.length === widths.length || smaller.at(-1) === width ? smaller : [...smaller, width];
};

/** The object key of an upload. */
export const originalKey = (mediaId: string): string => `originals/${mediaId}`;

/** The upload that an object belongs to; undefined if the key is not the key of an upload. */
export const mediaIdOf = (key: string): string | undefined =>
  /^originals\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/.exec(key)?.[1];

/** The object key of a rendition. Its content never changes, so caches may keep it for a year. */
export const renditionKey = (mediaId: string, width: number, format: RenditionFormat): string =>
  `renditions/${mediaId}/${width}.${format}`;
export const renditionCacheControl = 'public, max-age=31536000, immutable';
