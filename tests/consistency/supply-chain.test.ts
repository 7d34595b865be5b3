import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';

type LockedPackage = { integrity?: string; resolved?: string; hasInstallScript?: boolean };

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(text('package.json')) as {
  packageManager: string;
  allowScripts: Record<string, boolean>;
};
const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = nonEmpty(
  Object.entries(packages).filter(([path]) => path !== ''),
  'the entries of the lock file',
);

describe('the lock file', () => {
  test('has an integrity hash for every package, also of other platforms', () => {
    const without = locked.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
    expect(without.map(([path]) => path)).toEqual([]);
  });

  test('names no registry', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});

describe('install scripts', () => {
  const withScript = nonEmpty(
    locked.filter(([, { hasInstallScript }]) => hasInstallScript),
    'the packages with install scripts',
  ).map(([path]) => path.replace(/^.*node_modules\//, ''));

  test('are allowed or denied for each package that has one, and for no other', () => {
    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
  });

  // npm 11 only warns about a package that is not listed, unless this setting is on (npm, "Config").
  test('of packages that are not listed stop an installation', () => {
    expect(text('.npmrc').split('\n')).toContain('strict-allow-scripts=true');
  });

  test('are checked by the npm that the project pins with its hash', () => {
    const [, major, minor] =
      /^npm@(\d+)\.(\d+)\.\d+\+sha512\.[0-9a-f]{128}$/.exec(manifest.packageManager) ?? [];
    // 11.16 introduced allowScripts.
    expect(Number(major) * 1000 + Number(minor)).toBeGreaterThanOrEqual(11_016);
  });
});

describe('packages', () => {
  /** Files that install packages, with what they run; documents and messages only tell people to. */
  const sources = ['*.ts', '*.cjs', '*.js', '*.yml', '.ci/run'];
  const installs = /\bnpm['", [\]]+(install|i|add)\b['", ]|--no-package-lock/;
  /** Messages about a missing engine name a command for the reader. */
  const messages = ['platform/engines/dynamodb.ts', 'platform/engines/postgres.ts'];

  test('are installed from the lock file only, by every program and workflow', () => {
    const files = execFileSync('git', ['ls-files', '--', ...sources], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter((file) => file !== 'tests/consistency/supply-chain.test.ts' && existsSync(join(root, file)));
    const found = nonEmpty(files, 'the source files').filter((file) => installs.test(text(file)));
    expect(found).toEqual(messages);
  });
});
