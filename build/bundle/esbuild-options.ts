import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, version } from 'esbuild';
import { hashFile } from '../compile/input-hash.ts';

/** The bundling options of both `sls package` and the local platform. */
const configurationFile = 'shared/serverless/esbuild.config.cjs';

/** Options of serverless-esbuild itself, which esbuild does not accept (its `dist/bundle.js` removes the same ones). */
export const serverlessEsbuildOptions = new Set([
  'concurrency',
  'disposeContext',
  'exclude',
  'installExtraArgs',
  'keepOutputDirectory',
  'nativeZip',
  'nodeExternals',
  'outputBuildFolder',
  'outputFileExtension',
  'outputWorkFolder',
  'packagePath',
  'packager',
  'packagerOptions',
  'skipBuild',
  'skipBuildExcludeFns',
  'skipRebuild',
  'stripEntryResolveExtensions',
  'watch',
  'zipConcurrency',
]);

type ServerlessEsbuildOptions = BuildOptions & { exclude?: string[]; outputFileExtension?: string };

/** How handlers are bundled, and a key that changes whenever the same sources would produce another bundle. */
export type Bundling = { options: BuildOptions; extension: string; key: string };

/** Reads the options of `sls package`, so that the platform runs the code that is deployed. */
export function readBundling(root: string): Bundling {
  const configuration = createRequire(join(root, 'package.json'))(`./${configurationFile}`) as
    | ServerlessEsbuildOptions
    | ((serverless?: unknown) => ServerlessEsbuildOptions);
  const given = typeof configuration === 'function' ? configuration() : configuration;
  const extension = given.outputFileExtension ?? '.js';
  const options: BuildOptions = {
    ...Object.fromEntries(Object.entries(given).filter(([name]) => !serverlessEsbuildOptions.has(name))),
    external: [...(given.external ?? []), ...(given.exclude ?? [])],
    outExtension: { '.js': extension },
  };
  const installed = hashFile(join(root, 'node_modules/.package-lock.json'));
  const key = [version, JSON.stringify(options), installed, hashFile(join(root, 'package.json'))].join(' ');
  return { options, extension, key };
}
