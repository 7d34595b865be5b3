import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { readBundling } from '../../../../build/bundle/esbuild-options.ts';
import { root } from '../../../../build/stacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'argon2id-'));
const bundle = join(folder, 'password-hash.mjs');
beforeAll(() =>
  build({
    ...readBundling(root).options,
    entryPoints: [join(import.meta.dirname, 'password-hash.ts')],
    outfile: bundle,
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

/** Hashes a password with the bundle, in a Node whose OpenSSL has no argon2id or has it. */
async function hashIn(openSsl: 'with argon2id' | 'without argon2id') {
  const preload = join(folder, 'openssl.mjs');
  writeFileSync(
    preload,
    `import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
crypto.argon2 = () => { throw Object.assign(new Error('not supported'), { code: 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED' }); };
syncBuiltinESMExports();`,
  );
  const hash = `const { hashPassword } = await import(process.argv[1]);
console.log(await hashPassword('correct horse battery', Buffer.alloc(16, 7)));`;
  const { stdout, stderr } = await execa(process.execPath, [
    ...(openSsl === 'without argon2id' ? ['--import', preload] : []),
    '--input-type=module',
    '-e',
    hash,
    bundle,
  ]);
  return { hash: stdout, log: stderr };
}

test('the deployed bundle hashes the same with and without the argon2id of OpenSSL', async () => {
  const native = await hashIn('with argon2id');
  const portable = await hashIn('without argon2id');
  expect(native.hash).toMatch(/^\$argon2id\$/);
  expect(portable.hash).toBe(native.hash);
  expect([native.log, portable.log]).toEqual(['', expect.stringContaining('argon2id is missing in OpenSSL')]);
});

test("the library's other algorithms are not in the bundle", () => {
  expect(statSync(bundle).size).toBeLessThan(200_000);
});
