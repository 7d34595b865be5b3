import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { trustedAuthorities, withTrustedServer } from './trust.ts';

const folder = mkdtempSync(join(tmpdir(), 'trust-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('the certificate authorities of a database', () => {
  test('are read while a function initializes, so that a missing file fails the release', () => {
    const missing = join(folder, 'missing.pem');
    for (const config of [
      { DATABASE_TLS: 'verify-full', DATABASE_CA_FILE: missing } as const,
      { DATABASE_AUTH: 'iam', DATABASE_TLS: 'off', DATABASE_CA_FILE: missing } as const,
    ])
      expect(() => withTrustedServer(config)).toThrow(`${missing} do not exist`);
  });

  test('are not read for a database without TLS', () => {
    const config = { DATABASE_TLS: 'off', DATABASE_CA_FILE: join(folder, 'missing.pem') } as const;
    expect(withTrustedServer(config)).toBe(config);
  });

  test('default to the file in the image of Lambda where the package has none', () => {
    expect(() => trustedAuthorities()).toThrow('/var/runtime/ca-cert.pem do not exist');
  });

  test('cannot be a file without certificates', () => {
    expect(() => trustedAuthorities(fileWith('empty.pem', ''))).toThrow('empty.pem contains no certificate');
  });

  test('are created once per file', () => {
    const file = fileWith('one.pem', rootCertificates[0]!);
    expect(trustedAuthorities(file)).toBe(trustedAuthorities(file));
  });
});
