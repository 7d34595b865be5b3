import sharp, { type Sharp } from 'sharp';

/**
 * Draws an image with a label, for a shop without photographs. `tint` is a hue in degrees.
 */
export const drawn = (label: string, tint: number, width = 1600, height = 1200): Sharp =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color="hsl(${tint},70%,88%)"/><stop offset="1" stop-color="hsl(${(tint + 40) % 360},60%,62%)"/>
      </linearGradient></defs>
      <rect width="100%" height="100%" fill="url(#g)"/>
      <circle cx="${width * 0.5}" cy="${height * 0.44}" r="${height * 0.27}" fill="hsl(${tint},55%,45%)"/>
      <circle cx="${width * 0.43}" cy="${height * 0.36}" r="${height * 0.07}" fill="#fff" opacity=".5"/>
      <text x="50%" y="88%" font-family="sans-serif" font-size="${height / 12}" text-anchor="middle" fill="hsl(${tint},45%,22%)">${escapeXml(label)}</text>
    </svg>`),
  );

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A JPEG like a phone's: rotated (EXIF orientation 6), with GPS coordinates. */
export const phonePhotograph = (label: string, tint: number): Promise<Buffer> =>
  drawn(label, tint)
    .rotate(270)
    .jpeg({ quality: 88 })
    .withExif({
      IFD0: { Orientation: '6', Make: 'Example', Model: 'Phone 1' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 8/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '11/1 34/1 0/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();

/** A PNG with transparent corners. */
export const cutOut = async (label: string, tint: number): Promise<Buffer> => {
  const mask = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200"><ellipse cx="800" cy="600" rx="790" ry="590" fill="#fff"/></svg>',
  );
  return sharp(await drawn(label, tint).png().toBuffer())
    .ensureAlpha()
    .composite([{ input: mask, blend: 'dest-in' }])
    .png()
    .toBuffer();
};

/** A WebP image. */
export const webPicture = (label: string, tint: number): Promise<Buffer> =>
  drawn(label, tint).webp({ quality: 85 }).toBuffer();
