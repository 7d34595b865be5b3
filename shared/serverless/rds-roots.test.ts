import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { type Configuration, esbuildOptions } from '../../build/bundle/esbuild-options.ts';

const require = createRequire(import.meta.url);
const rdsRoots = require('./rds-roots.cjs') as (region?: string) => string;
const configuration = require('./esbuild.config.cjs') as (serverless: object) => Configuration;

const certificates = (region: string) =>
  (rdsRoots(region).match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );

describe('the root certificates of RDS in a region', () => {
  test.each(['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-2', 'sa-east-1'])(
    'cover each certificate authority that a server in %s may use, for decades',
    (region) => {
      const roots = certificates(region);
      expect(roots.map(({ publicKey }) => publicKey.asymmetricKeyType).toSorted()).toEqual([
        'ec',
        'rsa',
        'rsa',
      ]);
      for (const root of roots) {
        expect(root).toMatchObject({ ca: true, subject: root.issuer });
        expect(root.verify(root.publicKey)).toBe(true);
        expect(root.subject).toContain(` ${region} `);
        expect(root.validToDate.getUTCFullYear()).toBeGreaterThan(2060);
      }
    },
  );

  test('are empty for a region that the library does not know', () => {
    expect(rdsRoots('mx-central-1')).toBe('');
    expect(rdsRoots()).toBe('');
  });
});

describe('a package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roots-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Bundles `trust.ts` with the options of `sls package` for a region, and loads the authorities there. */
  async function authoritiesIn(region: string) {
    const outfile = join(folder, `${region}.mjs`);
    await build({
      ...esbuildOptions(configuration({ service: { provider: { region } } })),
      entryPoints: [join(import.meta.dirname, '../postgres/trust.ts')],
      outfile,
    });
    const load = `(await import(process.argv[1])).withTrustedServer({ DATABASE_TLS: 'verify-full' })`;
    return await execa(process.execPath, ['--input-type=module', '-e', load, outfile], { reject: false });
  }

  test('contains the roots of its region', async () => {
    expect(await authoritiesIn('eu-west-1')).toMatchObject({ exitCode: 0 });
  });

  test('for a region without known roots names the file that it needs', async () => {
    const { exitCode, stderr } = await authoritiesIn('mx-central-1');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('/var/runtime/ca-cert.pem do not exist');
  });
});
