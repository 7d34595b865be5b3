import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';

/** Migrations count: the template holds their hash (template-plugin/schema-first.cjs). */
const configurationName = /\.(ya?ml|json|c?js|mjs|sql)$/;
const excludedFolders = new Set(['node_modules', '.serverless', '.esbuild', '.cache', 'src', 'dist']);
/** Packages whose code affects a template. */
const compilers = ['serverless', 'serverless-esbuild', 'serverless-iam-roles-per-function'];

const require = createRequire(import.meta.url);

/** The hash of a file's content; `absent` when it does not exist. */
export function hashFile(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

/** Every configuration file in a directory and below, without code; none if the directory is missing. */
export function configurationFiles(directory: string): string[] {
  const found: string[] = [];
  const visit = (folder: string) => {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !excludedFolders.has(entry.name)) visit(path);
      else if (entry.isFile() && configurationName.test(entry.name)) found.push(path);
    }
  };
  visit(directory);
  return found.sort();
}

/** Every TypeScript file directly in a directory. */
export const sourceFiles = (directory: string): string[] =>
  entriesOf(directory)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ name }) => join(directory, name))
    .sort();

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The versions of everything that turns a `serverless.yml` into a template, including osls.ts. */
export function compilerVersions(): string {
  const versions = compilers.map(
    (name) => `${name}@${(require(`${name}/package.json`) as { version: string }).version}`,
  );
  return [...versions, hashFile(join(import.meta.dirname, 'osls.ts'))].join(' ');
}

/** One hash over the content of files, each with its path below `root`, and of additional strings. */
export function hashInputs(root: string, files: string[], words: string[]): string {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\n`);
  for (const file of files) {
    const name = file.startsWith(root + sep) ? file.slice(root.length + 1) : file;
    hash.update(`${name} ${hashFile(file)}\n`);
  }
  return hash.digest('hex');
}
