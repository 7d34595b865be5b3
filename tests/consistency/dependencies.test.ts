import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';

type Manifest = { dependencies: Record<string, string>; devDependencies: Record<string, string> };
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as Manifest;

/** Packages whose code the files import, by name without a path in the package. */
function importedBy(patterns: string[], excluded: RegExp): Set<string> {
  const files = globSync(patterns, { cwd: root }).filter((file) => !excluded.test(file));
  const names = nonEmpty(files).flatMap((file) =>
    [...codeOf(file).matchAll(/(?:from|import\(|^import) ?'((?:@[\w-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/gm)].map(
      ([, name]) => name!,
    ),
  );
  return new Set(names);
}

/** A source without its imports of types, which no bundle contains. */
const codeOf = (file: string) =>
  readFileSync(join(root, file), 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');

/** What functions are made of. */
const deployed = importedBy(
  ['services/*/src/**/*.ts', 'resources/*/src/**/*.ts', 'shared/**/*.ts'],
  /\.test\.ts$|^shared\/testing\/|^shared\/serverless\//,
);

describe('the packages in package.json', () => {
  test('are dependencies if and only if a function uses them', () => {
    expect(Object.keys(dependencies).filter((name) => !deployed.has(name))).toEqual([]);
    expect(Object.keys(devDependencies).filter((name) => deployed.has(name))).toEqual([]);
  });

  test('include the clients of the AWS services that functions call, and no other client as a dependency', () => {
    const clients = (names: Iterable<string>) =>
      [...names].filter((name) => name.startsWith('@aws-sdk/client-')).toSorted();
    expect(nonEmpty(clients(deployed))).toEqual(clients(Object.keys(dependencies)));
  });
});
