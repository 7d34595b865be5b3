import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../cache-files.ts';
import { compilerVersions, configurationFiles, hashFile, hashInputs, sourceFiles } from './input-hash.ts';
import type { CompiledService } from './osls.ts';

/** A compiled stack and the inputs that must be unchanged for the entry to be valid. */
type Entry = {
  compiled: CompiledService;
  files: Record<string, string>;
  environment: Record<string, string | null>;
};

/** Compiled stacks by their inputs, so that a second start compiles nothing. */
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

  /** The compiled stack, if its inputs are unchanged. */
  find(directory: string): CompiledService | undefined {
    const entry = this.#read(directory);
    if (!entry) return undefined;
    const sameFiles = Object.entries(entry.files).every(([path, hash]) => hashFile(path) === hash);
    const sameEnvironment = Object.entries(entry.environment).every(
      ([name, value]) => fingerprint(process.env[name]) === value,
    );
    return sameFiles && sameEnvironment ? entry.compiled : undefined;
  }

  store(directory: string, compiled: CompiledService): void {
    const entry: Entry = {
      compiled,
      files: Object.fromEntries(compiled.files.map((path) => [path, hashFile(path)])),
      environment: Object.fromEntries(
        compiled.environment.map((name) => [name, fingerprint(process.env[name])]),
      ),
    };
    writeWhole(this.#path(directory), JSON.stringify(entry));
  }

  #read(directory: string): Entry | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(directory), 'utf8')) as Entry;
    } catch {
      return undefined; // missing, or incomplete after a crash: compiled again
    }
  }

  #path(directory: string): string {
    const files = [...configurationFiles(join(this.#root, directory)), ...this.#shared];
    const name = directory.replaceAll(/[^\w-]+/g, '-');
    return join(this.#folder, `${name}-${hashInputs(this.#root, files, this.#words).slice(0, 32)}.json`);
  }
}

/** Values of the environment may be secret, so only their hash is stored. */
function fingerprint(value: string | undefined): string | null {
  return value === undefined ? null : createHash('sha256').update(value).digest('hex');
}
