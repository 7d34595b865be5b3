import { join } from 'node:path';
import type { FunctionSpec } from '../deployment.ts';
import { readBundling } from './esbuild-options.ts';
import { withSharedLibraries } from './libraries.ts';
import { StackBundler } from './stack-bundler.ts';
import { isWithin, watchFolders } from './watch-folders.ts';

export type BundlerOptions = {
  /** The project's root, absolute. */
  root: string;
  functions: Pick<FunctionSpec, 'name' | 'directory' | 'handler'>[];
  /** Default `.cache/bundles` below the root. */
  cacheFolder?: string;
  /** `own`: each bundle contains its libraries, as when deployed. Default `shared`: see `libraries.ts`. */
  libraries?: 'shared' | 'own';
};

/** A function and its current bundle. The file name changes with the content. */
export type BundledFunction = { functionName: string; file: string };

export type Bundler = {
  /** Absolute paths of the bundles by function name. */
  files: ReadonlyMap<string, string>;
  /**
   * Calls `changed` with the functions whose bundle changed after a source change, and `failed` when
   * bundling fails; the last good bundles remain. Returns a function that stops watching.
   */
  watch(changed: (functions: BundledFunction[]) => void, failed: (error: Error) => void): () => void;
  stop(): Promise<void>;
};

/** An editor writes a file in several steps; events within this time count as one change. */
const settleDelayMs = 40;

/**
 * Bundles every function's handler with the options of `sls package`, with libraries in separate files, or reads the bundles from
 * the cache when no source has changed.
 * @throws StartError that names the stack, the file and the line
 */
export async function startBundler(options: BundlerOptions): Promise<Bundler> {
  const { root, functions } = options;
  const cacheFolder = options.cacheFolder ?? join(root, '.cache', 'bundles');
  const deployed = readBundling(root);
  const bundling =
    options.libraries === 'own' ? deployed : await withSharedLibraries(deployed, root, cacheFolder);
  const byDirectory = Map.groupBy(functions, ({ directory }) => directory);
  const stacks = [...byDirectory].map(([directory, own]) => {
    const modules = [...new Set(own.map(({ handler }) => moduleOf(handler)))];
    return new StackBundler(root, directory, modules, cacheFolder, bundling);
  });
  const files = new Map<string, string>();
  const take = (stack: StackBundler, bundles: Map<string, string>): BundledFunction[] => {
    const changed: BundledFunction[] = [];
    for (const { name, handler } of byDirectory.get(stack.directory) ?? []) {
      const file = bundles.get(moduleOf(handler))!;
      if (files.get(name) === file) continue;
      files.set(name, file);
      changed.push({ functionName: name, file });
    }
    return changed;
  };
  await Promise.all(stacks.map(async (stack) => take(stack, await stack.bundles())));
  const watchers = new Set<() => void>();
  return {
    files,
    watch(changed, failed) {
      const end = watchStacks(root, stacks, {
        changed: (stack, bundles) => {
          const functionsChanged = take(stack, bundles);
          if (functionsChanged.length > 0) changed(functionsChanged);
        },
        failed,
      });
      watchers.add(end);
      return end;
    },
    async stop() {
      for (const end of watchers) end();
      await Promise.all(stacks.map((stack) => stack.stop()));
    },
  };
}

type Listener = {
  changed: (stack: StackBundler, bundles: Map<string, string>) => void;
  failed: (error: Error) => void;
};

/** Watches the folders of the stacks and their shared code; files outside every bundle are ignored. */
function watchStacks(root: string, stacks: StackBundler[], listener: Listener): () => void {
  const touched = new Set<string>();
  /** After a failure a new file may fix it, so any change triggers a build. */
  const broken = new Set<StackBundler>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let ended = false;

  const rebuild = async () => {
    const paths = [...touched];
    touched.clear();
    const affected = stacks.filter(
      (stack) =>
        broken.has(stack) || stack.inputs.some((input) => paths.some((path) => isWithin(input, path))),
    );
    for (const stack of affected) {
      if (ended) return;
      try {
        const bundles = await stack.rebuild();
        broken.delete(stack);
        if (!ended) listener.changed(stack, bundles);
      } catch (error) {
        broken.add(stack);
        if (!ended) listener.failed(error as Error);
      }
    }
  };
  const end = watchFolders(root, foldersOf(root, stacks), {
    touched: (path) => {
      touched.add(path);
      clearTimeout(timer);
      timer = setTimeout(() => {
        working = working.then(rebuild);
      }, settleDelayMs);
    },
    failed: listener.failed,
  });
  return () => {
    ended = true;
    clearTimeout(timer);
    end();
  };
}

function foldersOf(root: string, stacks: StackBundler[]): string[] {
  const folders = new Set([...stacks.map(({ directory }) => join(directory, 'src')), 'shared']);
  return [...folders].map((folder) => join(root, folder));
}

/** `src/handlers/login.handler` is the export `handler` of the module `src/handlers/login`. */
function moduleOf(handler: string): string {
  return handler.slice(0, handler.lastIndexOf('.'));
}
