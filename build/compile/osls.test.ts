import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const supported = '4.3.1';
const text = readFileSync(join(import.meta.dirname, 'osls.ts'), 'utf8');
const modules = [...text.matchAll(/'(lib\/[\w/-]+)'/g)].map(([, name]) => name);

test(`osls is ${supported}, whose internals build/compile/osls.ts uses: compare them before an upgrade`, () => {
  expect((require('serverless/package.json') as { version: string }).version).toBe(supported);
});

test('every internal module of osls that build/compile/osls.ts uses exists', () => {
  expect(modules.length).toBeGreaterThan(5);
  for (const name of modules) expect(() => require.resolve(`serverless/${name}`)).not.toThrow();
});
