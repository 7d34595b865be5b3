import { shopError } from '#shared/errors.ts';

/** No upload has this id. */
export const MediaNotFound = shopError({
  code: 'MEDIA_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such upload',
});

/** The file cannot be shown as an image; the message states the reason. */
export class NotAnImage extends Error {
  override readonly name = 'NotAnImage';
}
