import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerVersions, configurationFiles, hashFile, hashInputs, sourceFiles } from './input-hash.ts';
import type { CompiledService } from './osls.ts';

/** What was compiled, and what must be as it was for the entry to hold. */
type Entry = {
  compiled: CompiledService;
  files: Record<string, string>;
  environment: Record<string, string | null>;
};

/** Compiled stacks by what they are made of, so that a second start compiles nothing. */
export class CompileCache {
  readonly #root: string;
  readonly #folder: string;
  readonly #words: string[];
  readonly #shared: string[];

  constructor(root: string, folder: string, stage: string, region: string) {
    this.#root = root;
    this.#folder = folder;
    this.#words = [compilerVersions(), stage, region];
    this.#shared = [
      ...configurationFiles(join(root, 'shared', 'serverless')),
      ...configurationFiles(join(root, 'shared', 'postgres', 'migrations')),
      // The template plugin validates subscriptions against the event catalogue.
      ...sourceFiles(join(root, 'shared', 'events')),
    ];
  }

  /** The compiled stack, when nothing that it was made of has changed. */
  find(directory: string): CompiledService | undefined {
    const entry = this.#read(directory);
    if (!entry) return undefined;
    const sameFiles = Object.entries(entry.files).every(([path, hash]) => hashFile(path) === hash);
    const sameEnvironment = Object.entries(entry.environment).every(
      ([name, value]) => fingerprint(process.env[name]) === value,
    );
    return sameFiles && sameEnvironment ? entry.compiled : undefined;
  }

  keep(directory: string, compiled: CompiledService): void {
    const entry: Entry = {
      compiled,
      files: Object.fromEntries(compiled.files.map((path) => [path, hashFile(path)])),
      environment: Object.fromEntries(
        compiled.environment.map((name) => [name, fingerprint(process.env[name])]),
      ),
    };
    mkdirSync(this.#folder, { recursive: true });
    const path = this.#path(directory);
    const draft = `${path}.${randomUUID()}`;
    writeFileSync(draft, JSON.stringify(entry));
    renameSync(draft, path);
  }

  #read(directory: string): Entry | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(directory), 'utf8')) as Entry;
    } catch {
      return undefined; // not there, or cut short by a crash: compiled again
    }
  }

  #path(directory: string): string {
    const files = [...configurationFiles(join(this.#root, directory)), ...this.#shared];
    const name = directory.replaceAll(/[^\w-]+/g, '-');
    return join(this.#folder, `${name}-${hashInputs(this.#root, files, this.#words).slice(0, 32)}.json`);
  }
}

/** Values of the environment may be secret, so only their hash is kept. */
function fingerprint(value: string | undefined): string | null {
  return value === undefined ? null : createHash('sha256').update(value).digest('hex');
}
