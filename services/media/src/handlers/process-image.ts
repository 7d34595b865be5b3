import { bucketHandler } from '#shared/lambda/bucket.ts';
import { imageProcessor } from '../app.ts';
import { processImage } from '../workflows/process-image.ts';

/** Renders an uploaded image, or rejects a file that is not an image. */
export const handler = bucketHandler((written, cause) => processImage(imageProcessor(), written, cause));
