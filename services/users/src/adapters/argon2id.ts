import { type Argon2Parameters, argon2 } from 'node:crypto';
import { promisify } from 'node:util';
import { logger } from '#shared/lambda/telemetry.ts';

/** Computes an argon2id hash. */
export type Argon2id = (parameters: Argon2Parameters) => Promise<Uint8Array>;

const withOpenSsl = promisify(argon2);
export const nativeArgon2id: Argon2id = (parameters) => withOpenSsl('argon2id', parameters);

/** WebAssembly, the same on every architecture. Loaded only where it is needed. */
export const portableArgon2id: Argon2id = async (parameters) =>
  (await import('./argon2id-wasm.ts')).argon2idInWasm(parameters);

/** A test vector of the reference implementation (P-H-C/phc-winner-argon2, src/test.c). It takes less than 1 ms. */
const vector = {
  parameters: {
    message: Buffer.from('password'),
    nonce: Buffer.from('somesalt'),
    memory: 256,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  },
  hash: '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe',
};

/**
 * Node's argon2id, or the portable one where Node is linked with an OpenSSL without it, as Lambda's may be (argon2 needs
 * OpenSSL 3.2). Each is checked with one hash: called while a function initializes, so that a release which cannot hash
 * fails before it gets traffic.
 * @throws Error if a hash is wrong or cannot be computed
 */
export async function selectArgon2id(
  native = nativeArgon2id,
  portable = portableArgon2id,
): Promise<Argon2id> {
  try {
    return await checked(native);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED') throw error;
    logger.warn('argon2id is missing in OpenSSL, using WebAssembly', { openssl: process.versions.openssl });
    return await checked(portable);
  }
}

async function checked(argon2id: Argon2id): Promise<Argon2id> {
  const hash = Buffer.from(await argon2id(vector.parameters)).toString('hex');
  if (hash !== vector.hash) throw new Error(`argon2id computes ${hash} instead of ${vector.hash}`);
  return argon2id;
}
