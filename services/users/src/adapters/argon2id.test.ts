import { randomBytes } from 'node:crypto';
import { nativeArgon2id, portableArgon2id, selectArgon2id } from './argon2id.ts';

const notSupported = async () => {
  throw Object.assign(new Error('Argon2 algorithm not supported'), {
    code: 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED',
  });
};

describe('the argon2id of a function', () => {
  test("is Node's where OpenSSL has it", async () => {
    expect(await selectArgon2id()).toBe(nativeArgon2id);
  });

  test('is WebAssembly where OpenSSL lacks it', async () => {
    expect(await selectArgon2id(notSupported)).toBe(portableArgon2id);
  });

  test('fails the initialization if its hash is wrong', async () => {
    const wrong = async () => Buffer.alloc(32);
    await expect(selectArgon2id(wrong)).rejects.toThrow('argon2id computes 0000');
    await expect(selectArgon2id(notSupported, wrong)).rejects.toThrow('argon2id computes 0000');
  });

  test('fails the initialization if a hash cannot be computed', async () => {
    const outOfMemory = async () => {
      throw new Error('memory allocation failed');
    };
    await expect(selectArgon2id(outOfMemory)).rejects.toThrow('memory allocation failed');
  });

  test("computes the same hashes in WebAssembly, with the service's cost", async () => {
    const parameters = {
      message: randomBytes(20),
      nonce: randomBytes(16),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    };
    expect(Buffer.from(await portableArgon2id(parameters))).toEqual(await nativeArgon2id(parameters));
  });
});
