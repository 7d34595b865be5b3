import { mailTokenKey } from '#shared/auth/mail-token.ts';
import { Unavailable } from '#shared/errors.ts';
import { readSecret } from '#shared/secrets.ts';

/** The key from which the tokens in mails are computed. @throws Unavailable before the secret exists */
export async function tokenKey(secretId: string): Promise<string> {
  const secret = await readSecret(secretId);
  if (secret === undefined) throw new Unavailable('The key of the tokens in mails is missing.');
  return mailTokenKey(secret);
}
