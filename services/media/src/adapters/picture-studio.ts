import sharp, { type Sharp } from 'sharp';
import { NotAPicture } from '../domain/errors.ts';
import {
  formatOfType,
  formats,
  maxHeight,
  maxPixels,
  type PictureType,
  type RenditionFormat,
  widestWidth,
  widthsFor,
} from '../domain/picture-rules.ts';

// Every picture is another: nothing of one helps with the next, and memory is what the function has least of.
sharp.cache(false);
// At 1,024 MB Lambda gives 0.58 of a processor: threads within a picture only wait for each other.
sharp.concurrency(1);
// What is not a format of ours is never handed to a decoder, whatever its file claims to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});

/** Decoding and encoding end here, well within the function's 30 s. */
const timeoutSeconds = 20;

/** One size and format of a picture, ready to be kept. */
export type MadeRendition = {
  format: RenditionFormat;
  width: number;
  height: number;
  contentType: string;
  bytes: Buffer;
};

/**
 * Makes all renditions of a file: upright, in sRGB, without any metadata. The file is decoded once, to the widest
 * size; the others are made of that. Each is handed to `keep` when it is made, while others still are.
 * @throws NotAPicture for a file that is none, is another than announced, is damaged, or is too large; nothing was kept
 */
export async function makeRenditions<Kept>(
  file: Buffer,
  announced: PictureType,
  keep: (made: MadeRendition) => Promise<Kept>,
): Promise<Kept[]> {
  const widest = await decode(file, announced);
  return Promise.all(
    widthsFor(widest.info.width).flatMap((width) =>
      formats.map(async (format) => keep(await encode(widest, width, format))),
    ),
  );
}

type Decoded = { data: Buffer; info: { width: number; height: number; channels: 1 | 2 | 3 | 4 } };

const decoding = { limitInputPixels: maxPixels, failOn: 'warning', pages: 1, sequentialRead: true } as const;

async function decode(file: Buffer, announced: PictureType): Promise<Decoded> {
  await checkFormat(file, announced);
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
    throw new NotAPicture('The file is damaged, or takes too long to be read.', { cause });
  }
}

async function checkFormat(file: Buffer, announced: PictureType): Promise<void> {
  // Of the header alone, whatever size it names: what is too large is told so.
  const { format, width, height } = await sharp(file, { ...decoding, limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new NotAPicture('The file is not a JPEG, PNG or WebP picture.', { cause });
    });
  if (format !== formatOfType[announced])
    throw new NotAPicture(`The file is ${format}, announced was ${announced}.`);
  if (width * height > maxPixels)
    throw new NotAPicture(`The picture has ${width} × ${height} pixels; at most ${maxPixels} are taken.`);
}

async function encode(widest: Decoded, width: number, format: RenditionFormat): Promise<MadeRendition> {
  const { width: fullWidth, height, channels } = widest.info;
  const picture = sharp(widest.data, { raw: { width: fullWidth, height, channels } });
  const resized = width === fullWidth ? picture : picture.resize({ width });
  const { data, info } = await encoders[format](resized).toBuffer({ resolveWithObject: true });
  return { format, width: info.width, height: info.height, contentType: `image/${format}`, bytes: data };
}

const encoders: Record<RenditionFormat, (picture: Sharp) => Sharp> = {
  webp: (picture) => picture.webp({ quality: 80 }),
  // JPEG knows no transparency: what is cut out stands on white.
  jpeg: (picture) => picture.flatten({ background: 'white' }).jpeg({ quality: 82, progressive: true }),
};
