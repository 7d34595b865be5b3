import { randomBytes, timingSafeEqual } from 'node:crypto';
import { selectArgon2id } from './argon2id.ts';

const argon2id = await selectArgon2id();

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const saltBytes = 16;

/** Hashes a normalised password into a PHC string, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, with the given or a new salt. */
export async function hashPassword(password: string, salt: Buffer = randomBytes(saltBytes)): Promise<string> {
  const { memory, passes, parallelism } = parameters;
  const hash = await argon2id({ ...parameters, message: Buffer.from(password, 'utf8'), nonce: salt });
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** A hash that no password has, for unknown accounts: comparing with it takes as long as with a real one. */
const unknownAccountHash = `$argon2id$v=19$m=${parameters.memory},t=${parameters.passes},p=${parameters.parallelism}$${base64(Buffer.alloc(saltBytes))}$${base64(Buffer.alloc(parameters.tagLength))}`;

/**
 * Whether a password matches a hash. `undefined` stands for an unknown account: the result is false, after the same
 * work. @throws Error if the hash does not have this format
 */
export async function passwordMatches(password: string, hash: string | undefined): Promise<boolean> {
  const parts = form.exec(hash ?? unknownAccountHash);
  if (parts === null) throw new Error('a password hash is not an argon2id PHC string');
  const [, memory, passes, parallelism, salt, expected] = parts as unknown as string[];
  const expectedHash = Buffer.from(expected!, 'base64');
  const given = await argon2id({
    message: Buffer.from(password, 'utf8'),
    nonce: Buffer.from(salt!, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expectedHash.length,
  });
  return timingSafeEqual(given, expectedHash) && hash !== undefined;
}

/** Whether a hash was made with other parameters than today's: it is replaced at the next sign-in. */
export const isOutdated = (hash: string): boolean => {
  const { memory, passes, parallelism } = parameters;
  return !hash.startsWith(`$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`);
};

/** Base64 in PHC strings has no padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

/** Hashes and verifies passwords. */
export type Passwords = {
  hash: typeof hashPassword;
  match: typeof passwordMatches;
  isOutdated: typeof isOutdated;
};
export const passwords: Passwords = { hash: hashPassword, match: passwordMatches, isOutdated };
