import { shopError } from '#shared/errors.ts';

/** Another account has this e-mail address. */
export const EmailTaken = shopError({
  code: 'EMAIL_TAKEN',
  remedy: 'conflict',
  title: 'The e-mail address belongs to an account',
});
/** E-mail address or password is wrong; the response does not reveal whether the account exists. */
export const InvalidCredentials = shopError({
  code: 'INVALID_CREDENTIALS',
  remedy: 'sign-in',
  title: 'E-mail address or password is wrong',
});
/** Too many wrong passwords for one address; `retryAfterSeconds` is the time until the next attempt. */
export const TooManySignIns = shopError({
  code: 'TOO_MANY_SIGN_INS',
  remedy: 'retry-later',
  title: 'Too many attempts to sign in',
});
/** The refresh token is unknown, expired, used or revoked: the user must sign in again. */
export const InvalidRefreshToken = shopError({
  code: 'INVALID_REFRESH_TOKEN',
  remedy: 'sign-in',
  title: 'The session has ended',
});
/** The new password is in lists of leaked passwords, or as easily guessed. */
export const GuessablePassword = shopError({
  code: 'GUESSABLE_PASSWORD',
  remedy: 'fix-request',
  title: 'The password is easily guessed',
});
/** The password that confirms who changes a credential is wrong. */
export const WrongPassword = shopError({
  code: 'WRONG_PASSWORD',
  remedy: 'not-allowed',
  title: 'The current password is wrong',
});
/** There is no such export, or it belongs to another account. */
export const ExportNotFound = shopError({
  code: 'EXPORT_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such export',
});
/** There is no such account. */
export const UserNotFound = shopError({
  code: 'USER_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such account',
});
/** Staff act on the accounts of others, never on their own. */
export const OwnAccount = shopError({
  code: 'OWN_ACCOUNT',
  remedy: 'not-allowed',
  title: 'Not on the own account',
});
/** The change would leave the shop without an administrator who can sign in. */
export const LastAdministrator = shopError({
  code: 'LAST_ADMINISTRATOR',
  remedy: 'conflict',
  title: 'The last administrator',
});
/** The caller has no address with this id. */
export const AddressNotFound = shopError({
  code: 'ADDRESS_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such address',
});
/** The account has as many addresses as it may have. */
export const TooManyAddresses = shopError({
  code: 'TOO_MANY_ADDRESSES',
  remedy: 'conflict',
  title: 'The address book is full',
});
/** The caller has no such session, or it has ended. */
export const SessionNotFound = shopError({
  code: 'SESSION_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such session',
});
/** The token of a mail is unknown, used, expired or replaced by a newer one, or what it was for has changed. */
export const InvalidMailToken = shopError({
  code: 'INVALID_MAIL_TOKEN',
  remedy: 'fix-request',
  title: 'The link is not valid any more',
});
/** There is no such API key, or it was revoked. */
export const ApiKeyNotFound = shopError({
  code: 'API_KEY_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such API key',
});
/** The password is right, and the account has a second factor: send its code too. */
export const SecondFactorRequired = shopError({
  code: 'SECOND_FACTOR_REQUIRED',
  remedy: 'sign-in',
  title: 'A code of the second factor is required',
});
/** The code of the second factor is wrong, expired, or was used before. */
export const WrongCode = shopError({
  code: 'WRONG_CODE',
  remedy: 'not-allowed',
  title: 'The code is wrong or was used',
});
/** The account has an active second factor: remove it before another one is set up. */
export const SecondFactorActive = shopError({
  code: 'SECOND_FACTOR_ACTIVE',
  remedy: 'conflict',
  title: 'A second factor is active',
});
/** There is no second factor to confirm or to remove. */
export const NoSecondFactor = shopError({
  code: 'NO_SECOND_FACTOR',
  remedy: 'conflict',
  title: 'There is no such second factor',
});
/** The invitation is unknown, expired, accepted or withdrawn. */
export const InvitationNotFound = shopError({
  code: 'INVITATION_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such invitation',
});
