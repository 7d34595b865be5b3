import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { deleteUnused, writeWhole } from '../cache-files.ts';
import { hashFile } from '../compile/input-hash.ts';

const fileState = z.object({ mtimeMs: z.number(), size: z.number(), hash: z.string() });
const manifest = z.object({
  key: z.string(),
  /** Bundle file names by handler module (`src/handlers/login`). */
  bundles: z.record(z.string(), z.string()),
  /** Every source file, relative to the root; installed packages are covered by the key. */
  inputs: z.record(z.string(), fileState),
});
export type Manifest = z.output<typeof manifest>;

/** The bundles of one stack on disk, and the sources they were built from. */
export class BundleCache {
  readonly folder: string;
  readonly #root: string;
  readonly #key: string;
  #manifest: Manifest | undefined;

  constructor(root: string, folder: string, key: string) {
    this.#root = root;
    this.folder = folder;
    this.#key = createHash('sha256').update(key).digest('hex');
    this.#manifest = this.#read();
  }

  /** The bundle of each handler module, as absolute paths, if all exist and no source has changed. */
  find(modules: string[]): Map<string, string> | undefined {
    const known = this.#manifest;
    if (!known || known.key !== this.#key) return undefined;
    const files = new Map<string, string>();
    for (const module of modules) {
      const file = known.bundles[module];
      if (file === undefined || !existsSync(join(this.folder, file))) return undefined;
      files.set(module, join(this.folder, file));
    }
    return Object.entries(known.inputs).every(([path, state]) => this.#isAsItWas(path, state))
      ? files
      : undefined;
  }

  /** Writes bundles under content-hash names, and records their sources. */
  store(outputs: Map<string, Uint8Array>, inputs: string[], extension: string): Map<string, string> {
    const bundles: Manifest['bundles'] = {};
    for (const [module, content] of outputs) {
      const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
      bundles[module] = `${basename(module)}-${hash}${extension}`;
      writeWhole(join(this.folder, bundles[module]), content);
    }
    const states = inputs.map((path) => [path, this.#stateOf(path)] as const);
    this.#manifest = { key: this.#key, bundles, inputs: Object.fromEntries(states) };
    writeWhole(join(this.folder, 'manifest.json'), JSON.stringify(this.#manifest));
    const used = new Set([...Object.values(bundles), 'manifest.json']);
    deleteUnused(this.folder, (name) => used.has(name));
    return new Map(Object.entries(bundles).map(([module, file]) => [module, join(this.folder, file)]));
  }

  /** The source files of the bundles, relative to the root. */
  get inputs(): string[] {
    return Object.keys(this.#manifest?.inputs ?? {});
  }

  #isAsItWas(path: string, state: z.output<typeof fileState>): boolean {
    const stats = statSync(join(this.#root, path), { throwIfNoEntry: false });
    if (!stats) return false;
    if (stats.mtimeMs === state.mtimeMs && stats.size === state.size) return true;
    return hashFile(join(this.#root, path)) === state.hash; // only the modification time changed
  }

  #stateOf(path: string): z.output<typeof fileState> {
    const stats = statSync(join(this.#root, path), { throwIfNoEntry: false });
    return { mtimeMs: stats?.mtimeMs ?? 0, size: stats?.size ?? 0, hash: hashFile(join(this.#root, path)) };
  }

  #read(): Manifest | undefined {
    try {
      return manifest.parse(JSON.parse(readFileSync(join(this.folder, 'manifest.json'), 'utf8')));
    } catch {
      return undefined; // missing or of another version: everything is bundled again
    }
  }
}
