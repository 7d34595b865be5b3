import sharp, { type Sharp } from 'sharp';
import { NotAnImage } from '../domain/errors.ts';
import {
  formatOfType,
  formats,
  type ImageType,
  maxHeight,
  maxPixels,
  type RenditionFormat,
  widestWidth,
  widthsFor,
} from '../domain/image-rules.ts';

// Every image is different, so a cache would only use the function's memory.
sharp.cache(false);
// At 1,024 MB Lambda gives 0.58 of a processor: more threads would wait for each other.
sharp.concurrency(1);
// Only the three decoders we accept are enabled, whatever a file claims to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});

/** Decoding and encoding stop after this, well within the function's 30 s. */
const timeoutSeconds = 20;

/** An encoded rendition. */
export type RenderedImage = {
  format: RenditionFormat;
  width: number;
  height: number;
  contentType: string;
  bytes: Buffer;
};

/**
 * Renders all sizes and formats of a file and passes each to `store` as soon as it is encoded.
 * @throws NotAnImage if the file is not an image, has another type than declared, is damaged or is too large; then
 * nothing was stored
 */
export type RenderImage = <Stored>(
  file: Buffer,
  declaredType: ImageType,
  store: (rendered: RenderedImage) => Promise<Stored>,
) => Promise<Stored[]>;

/** Renders upright, in sRGB, without metadata. Decodes once, to the widest size; the others are scaled from that. */
export const renderImage: RenderImage = async (file, declaredType, store) => {
  const widest = await decode(file, declaredType);
  return Promise.all(
    widthsFor(widest.info.width).flatMap((width) =>
      formats.map(async (format) => store(await encode(widest, width, format))),
    ),
  );
};

type Decoded = { data: Buffer; info: { width: number; height: number; channels: 1 | 2 | 3 | 4 } };

const decoding = { limitInputPixels: maxPixels, failOn: 'warning', pages: 1, sequentialRead: true } as const;

async function decode(file: Buffer, declaredType: ImageType): Promise<Decoded> {
  await checkFormat(file, declaredType);
  try {
    const { data, info } = await sharp(file, decoding)
      .autoOrient()
      .resize({ width: widestWidth, height: maxHeight, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .timeout({ seconds: timeoutSeconds })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, info };
  } catch (cause) {
    throw new NotAnImage('The file is damaged or takes too long to decode.', { cause });
  }
}

async function checkFormat(file: Buffer, declaredType: ImageType): Promise<void> {
  // Reads the header only, without a size limit, so that an image that is too large gets its own message.
  const { format, width, height } = await sharp(file, { ...decoding, limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new NotAnImage('The file is not a JPEG, PNG or WebP image.', { cause });
    });
  if (format !== formatOfType[declaredType])
    throw new NotAnImage(`The file is ${format}; the declared type is ${declaredType}.`);
  if (width * height > maxPixels)
    throw new NotAnImage(`The image has ${width} × ${height} pixels; the limit is ${maxPixels}.`);
}

async function encode(widest: Decoded, width: number, format: RenditionFormat): Promise<RenderedImage> {
  const { width: fullWidth, height, channels } = widest.info;
  const image = sharp(widest.data, { raw: { width: fullWidth, height, channels } });
  const resized = width === fullWidth ? image : image.resize({ width });
  const { data, info } = await encoders[format](resized).toBuffer({ resolveWithObject: true });
  return { format, width: info.width, height: info.height, contentType: `image/${format}`, bytes: data };
}

const encoders: Record<RenditionFormat, (image: Sharp) => Sharp> = {
  webp: (image) => image.webp({ quality: 80 }),
  // JPEG has no transparency: transparent areas become white.
  jpeg: (image) => image.flatten({ background: 'white' }).jpeg({ quality: 82, progressive: true }),
};
