import { bucketHandler } from '#shared/lambda/bucket.ts';
import { developPicture } from '../adapters/develop-picture.ts';
import { clock, imageBaseUrl, media, pictures } from '../app.ts';

/** Makes renditions of an uploaded picture, or rejects what is none. */
export const handler = bucketHandler((written, cause) =>
  developPicture({ media: media(), pictures: pictures(), imageBaseUrl, clock }, written, cause),
);
