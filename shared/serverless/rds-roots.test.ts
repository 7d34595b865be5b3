import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { parse } from 'yaml';
import { type Configuration, esbuildOptions } from '../../build/bundle/esbuild-options.ts';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../../tests/setup/non-empty.ts';

const require = createRequire(import.meta.url);
const rdsRoots = require('./rds-roots.cjs') as (region?: string) => string;
const configuration = require('./esbuild.config.cjs') as (serverless: object) => Configuration;

/** The regions for which resources/network has zones. */
const supportedRegions = Object.keys(
  (parse(readFileSync(join(root, 'resources/network/zones.yml'), 'utf8')) as ZoneTable).Mappings.Zones,
);
type ZoneTable = { Mappings: { Zones: object } };

const certificates = (region: string) =>
  (rdsRoots(region).match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );

describe('the root certificates of RDS in a region', () => {
  test.each(nonEmpty(supportedRegions))(
    'cover each certificate authority that a server in %s may use, for decades',
    (region) => {
      const roots = certificates(region);
      expect(roots.map(({ publicKey }) => publicKey.asymmetricKeyType).toSorted()).toEqual([
        'ec',
        'rsa',
        'rsa',
      ]);
      for (const certificate of roots) {
        expect(certificate).toMatchObject({ ca: true, subject: certificate.issuer });
        expect(certificate.verify(certificate.publicKey)).toBe(true);
        expect(certificate.subject).toContain(` ${region} `);
        expect(certificate.validToDate.getUTCFullYear()).toBeGreaterThan(2060);
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
