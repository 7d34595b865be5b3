import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { readSecret } from '#shared/secrets.ts';

/** Encrypts secrets that are stored in the database, so that a copy of the database reveals none. */
export type SecretBox = {
  /** `owner` is the account to which the secret belongs: moved to another account, it cannot be opened. */
  seal(secret: Uint8Array, owner: string): Promise<Buffer>;
  /** @throws Error if it was changed, belongs to another owner, or was sealed with another key */
  open(sealed: Uint8Array, owner: string): Promise<Buffer>;
};

const algorithm = 'aes-256-gcm';
/** NIST SP 800-38D, 5.2.1.1. */
const nonceBytes = 12;
const tagBytes = 16;

const keySchema = z.object({ key: z.string().min(32) });

/** See {@link SecretBox}. AES-256-GCM; the key is derived (HKDF, RFC 5869) from the password in a secret of Secrets Manager. */
export function secretBox(secretId: string, read = readSecret): SecretBox {
  const key = async () => {
    const { key: password } = keySchema.parse(JSON.parse((await read(secretId)) ?? '{}'));
    return Buffer.from(hkdfSync('sha256', password, '', 'second-factor', 32));
  };
  return {
    seal: async (secret, owner) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, await key(), nonce).setAAD(Buffer.from(owner));
      const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]);
    },
    open: async (sealed, owner) => {
      const [nonce, tag] = [
        sealed.subarray(0, nonceBytes),
        sealed.subarray(nonceBytes, nonceBytes + tagBytes),
      ];
      const decipher = createDecipheriv(algorithm, await key(), nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(owner))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
    },
  };
}
