import { shopError } from '#shared/errors.ts';

/** No upload has this id. */
export const MediaNotFound = shopError({
  code: 'MEDIA_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such upload',
});

/** The file cannot be shown as an image; the message tells the uploader why. */
export class NotAnImage extends Error {
  override readonly name = 'NotAnImage';
}
