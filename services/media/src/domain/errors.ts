import { shopError } from '#shared/errors.ts';

/** No upload has this id. */
export const MediaNotFound = shopError({
  code: 'MEDIA_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such upload',
});

/** The file is not a picture that can be shown; the message says why, in words for the one who uploaded it. */
export class NotAPicture extends Error {
  override readonly name = 'NotAPicture';
}
