import sharp, { type Sharp } from 'sharp';

/** Generated images: four quarters of plain colour, so that the corners show how an image is rotated. */
export const corners = {
  topLeft: [220, 30, 30],
  topRight: [30, 200, 30],
  bottomLeft: [30, 30, 220],
  bottomRight: [230, 220, 40],
} as const;

function drawn(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const top = y < height / 2;
      const left = x < width / 2;
      const colour = top
        ? left
          ? corners.topLeft
          : corners.topRight
        : left
          ? corners.bottomLeft
          : corners.bottomRight;
      pixels.set(colour, (y * width + x) * 3);
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A phone's photograph: JPEG stored sideways (EXIF orientation 6), with GPS position and camera model. */
export const phonePhotograph = async (width = 1600, height = 1200): Promise<Buffer> =>
  sharp(await drawn(width, height).rotate(270).png().toBuffer())
    .jpeg({ quality: 90 })
    .withExif({
      IFD0: { Make: 'Example', Model: 'Phone 1' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 8/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '11/1 34/1 0/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();

/** A PNG whose left half is transparent. */
export const transparentImage = async (width = 800, height = 600): Promise<Buffer> => {
  const hole = { create: { width: width / 2, height, channels: 4, background: '#ffff' } } as const;
  return drawn(width, height)
    .ensureAlpha()
    .composite([{ input: await sharp(hole).png().toBuffer(), left: 0, top: 0, blend: 'dest-out' }])
    .png()
    .toBuffer();
};

/** A WebP image. */
export const webpImage = (width = 500, height = 400): Promise<Buffer> =>
  drawn(width, height).webp({ quality: 85 }).toBuffer();
