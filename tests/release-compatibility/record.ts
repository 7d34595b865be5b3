/**
 * `node tests/release-compatibility/record.ts`: records what this release sends and reads, and its migrations, for the
 * tests of the next one. Run it on the commit that is released, and commit its output.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationFiles } from './migrations.ts';
import { recorded, wire } from './wire.ts';

const folder = join(import.meta.dirname, 'release');
mkdirSync(folder, { recursive: true });
const write = (name: string, content: object) =>
  writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);

write('wire.json', Object.fromEntries([...(await wire())].map(([name, schema]) => [name, recorded(schema)])));
write('migrations.json', Object.fromEntries(migrationFiles().map(({ path, hash }) => [path, hash])));
console.log(`recorded in ${folder}`);
