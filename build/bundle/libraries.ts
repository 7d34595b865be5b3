import { createHash, randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, stop as endEsbuild, type Plugin } from 'esbuild';
import { deleteUnused } from '../cache-files.ts';
import { StartError } from '../start-error.ts';
import type { Bundling } from './esbuild-options.ts';

/**
 * Libraries that all functions of a host share. Their modules hold no state of one function: our own modules, which
 * are not shared, create its clients, pools and loggers and read the environment. Tracer and its X-Ray SDK do hold
 * such state and are not listed.
 */
const sharedLibraries = new Set([
  '@aws-lambda-powertools/batch',
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/logger/middleware',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sesv2',
  '@aws-sdk/client-sns',
  '@aws-sdk/rds-signer',
  '@aws-sdk/s3-request-presigner',
  '@aws-sdk/util-dynamodb',
  '@middy/core',
  '@smithy/core/endpoints',
  '@smithy/core/protocols',
  '@smithy/core/retry',
  'jose',
  'jose/errors',
  'pg',
  'stripe',
  'zod',
]);

const folderPrefix = 'libraries-';
const fileOf = (library: string) => library.replaceAll(/[@/]+/g, '_');

/**
 * Moves libraries into separate bundles that handlers import. A deployed bundle contains its own copy of each library;
 * with dozens of them in one process, the duplicates use a third of the hosts' memory. Libraries are bundled with the
 * same options, once per set of installed versions.
 * @param cacheFolder where the folders of the stacks' bundles are
 * @throws StartError
 */
export async function withSharedLibraries(
  bundling: Bundling,
  root: string,
  cacheFolder: string,
): Promise<Bundling> {
  const key = `${bundling.key} ${[...sharedLibraries].join(' ')}`;
  const folder = folderPrefix + createHash('sha256').update(key).digest('hex').slice(0, 16);
  if (!existsSync(join(cacheFolder, folder))) await bundleLibraries(bundling, root, cacheFolder, folder);
  const fromBundle = (library: string) => `../${folder}/${fileOf(library)}${bundling.extension}`;
  return {
    ...bundling,
    options: { ...bundling.options, plugins: [...(bundling.options.plugins ?? []), imported(fromBundle)] },
    key: `${bundling.key} ${folder}`,
  };
}

/** Libraries that a CommonJS module requires stay in the bundle: `require` cannot load a module asynchronously. */
const imported = (fromBundle: (library: string) => string): Plugin => ({
  name: 'shared-libraries',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[@\w]/ }, ({ path, kind }) =>
      sharedLibraries.has(path) && kind !== 'entry-point' && kind !== 'require-call'
        ? { path: fromBundle(path), external: true }
        : undefined,
    );
  },
});

async function bundleLibraries(
  { options, extension }: Bundling,
  root: string,
  cacheFolder: string,
  folder: string,
): Promise<void> {
  const draft = join(cacheFolder, `.${randomUUID()}`);
  try {
    await build({
      ...options,
      absWorkingDir: root,
      entryPoints: [...sharedLibraries].map((library) => ({
        in: `library:${library}`,
        out: fileOf(library),
      })),
      outdir: draft,
      outExtension: { '.js': extension },
      splitting: true,
      plugins: [wholeLibraries(root)],
      // The default export is imported even from libraries without one.
      logOverride: { 'import-is-undefined': 'silent' },
      logLevel: 'silent',
    });
    renameSync(draft, join(cacheFolder, folder));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another platform may have written the same folder first.
    if (!existsSync(join(cacheFolder, folder)))
      throw new StartError(`The libraries of the functions do not bundle: ${(error as Error).message}`);
  } finally {
    await endEsbuild(); // frees 100 MB or more until the stacks are bundled
  }
  // Bundles of other installed versions.
  deleteUnused(cacheFolder, (name) => !name.startsWith(folderPrefix) || name === folder);
}

/** A module for each library that exports all of it. */
const wholeLibraries = (root: string): Plugin => ({
  name: 'whole-libraries',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^library:/ }, ({ path }) => ({
      path: path.slice('library:'.length),
      namespace: 'library',
    }));
    onLoad({ filter: /./, namespace: 'library' }, ({ path }) => ({
      contents: `import * as all from '${path}'; export * from '${path}'; export default all.default;`,
      resolveDir: root,
    }));
  },
});
