import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type BuildContext, type BuildFailure, context, stop as endEsbuild, type Metafile } from 'esbuild';
import { StartError } from '../start-error.ts';
import { BundleCache } from './bundle-cache.ts';
import type { Bundling } from './esbuild-options.ts';

/** esbuild's process uses 100 MB or more, so it runs only while bundling or watching. */
let openContexts = 0;

/** Bundles the handlers of one stack together, so that esbuild reads shared files only once. */
export class StackBundler {
  readonly directory: string;
  readonly #root: string;
  readonly #bundling: Bundling;
  readonly #cache: BundleCache;
  readonly #modules: string[];
  #context: BuildContext | undefined;

  /** @param modules handler modules below the directory, without extension: `src/handlers/login` */
  constructor(root: string, directory: string, modules: string[], cacheFolder: string, bundling: Bundling) {
    this.directory = directory;
    this.#root = root;
    this.#bundling = bundling;
    this.#modules = modules;
    this.#cache = new BundleCache(
      root,
      join(cacheFolder, directory.replaceAll(/[^\w-]+/g, '-')),
      bundling.key,
    );
  }

  /** The source files of the last good bundles, absolute. */
  get inputs(): string[] {
    return this.#cache.inputs.map((path) => join(this.#root, path));
  }

  /**
   * The bundle of each handler module, from the cache when no source has changed. Frees esbuild's incremental state
   * afterwards: most starts are followed by no change.
   * @throws StartError
   */
  async bundles(): Promise<Map<string, string>> {
    const known = this.#cache.find(this.#modules);
    if (known) return known;
    try {
      return await this.rebuild();
    } finally {
      await this.stop();
    }
  }

  /** Bundles again; after the first time esbuild reads only changed files. @throws StartError */
  async rebuild(): Promise<Map<string, string>> {
    if (!this.#context) {
      openContexts++;
      this.#context = await this.#open().catch((error: unknown) => {
        openContexts--;
        throw error;
      });
    }
    const result = await this.#context.rebuild().catch((failure: BuildFailure) => {
      throw new StartError(`${this.directory} does not bundle: ${messageOf(failure)}`);
    });
    const metafile = result.metafile as Metafile;
    const outputs = new Map<string, Uint8Array>();
    for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
      if (entryPoint === undefined) continue;
      const absolute = join(this.#root, path);
      const content = result.outputFiles?.find((file) => file.path === absolute)?.contents;
      if (content) outputs.set(moduleOf(relative(this.directory, entryPoint)), content);
    }
    const own = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
    return this.#cache.store(outputs, own, this.#bundling.extension);
  }

  /** Frees esbuild's memory; its process ends with the last user and starts again when needed. */
  async stop(): Promise<void> {
    if (!this.#context) return;
    await this.#context.dispose();
    this.#context = undefined;
    if (--openContexts === 0) await endEsbuild();
  }

  async #open(): Promise<BuildContext> {
    return await context({
      ...this.#bundling.options,
      absWorkingDir: this.#root,
      entryPoints: this.#modules.map((module) => this.#sourceOf(module)),
      outdir: join(this.#root, '.cache', 'unwritten', this.directory),
      outbase: join(this.#root, this.directory),
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
  }

  #sourceOf(module: string): string {
    const found = ['.ts', '.mts', '.js', '.mjs']
      .map((extension) => join(this.#root, this.directory, module + extension))
      .find((path) => existsSync(path));
    if (!found) throw new StartError(`${this.directory}: the handler ${module} has no source file.`);
    return found;
  }
}

function moduleOf(source: string): string {
  return source
    .split(sep)
    .join('/')
    .replace(/\.\w+$/, '');
}

function messageOf(failure: BuildFailure): string {
  const [first] = failure.errors ?? [];
  if (!first) return String(failure);
  const at = first.location
    ? ` (${first.location.file}:${first.location.line}:${first.location.column})`
    : '';
  const more = failure.errors.length > 1 ? `, and ${failure.errors.length - 1} more` : '';
  return first.text + at + more;
}
