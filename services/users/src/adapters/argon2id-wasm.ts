import type { Argon2Parameters } from 'node:crypto';
import { argon2id } from 'hash-wasm';

/** A module of its own, so that the library's other algorithms stay out of the bundle. */
export const argon2idInWasm = (parameters: Argon2Parameters): Promise<Uint8Array> =>
  argon2id({
    password: parameters.message as Uint8Array,
    salt: parameters.nonce as Uint8Array,
    memorySize: parameters.memory,
    iterations: parameters.passes,
    parallelism: parameters.parallelism,
    hashLength: parameters.tagLength,
    outputType: 'binary',
  });
