import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, version } from 'esbuild';
import { hashFile } from '../compile/input-hash.ts';

/** The bundling options of both `sls package` and the local platform. */
const configurationFile = 'shared/serverless/esbuild.config.cjs';

/** esbuild's options, and two of serverless-esbuild itself, which esbuild does not accept. */
export type Configuration = BuildOptions & { exclude: string[]; outputFileExtension: string };

/** How handlers are bundled, and a key that changes whenever the same sources would produce another bundle. */
export type Bundling = { options: BuildOptions; extension: string; key: string };

/** The options that esbuild accepts. */
export const esbuildOptions = ({ exclude, outputFileExtension: _, ...own }: Configuration): BuildOptions => ({
  ...own,
  external: [...(own.external ?? []), ...exclude],
});

/** Reads the options of `sls package`, so that the platform runs the code that is deployed. */
export function readBundling(root: string): Bundling {
  const configuration = (
    createRequire(join(root, 'package.json'))(`./${configurationFile}`) as () => Configuration
  )();
  const extension = configuration.outputFileExtension;
  const options = { ...esbuildOptions(configuration), outExtension: { '.js': extension } };
  const installed = hashFile(join(root, 'node_modules/.package-lock.json'));
  const key = [version, JSON.stringify(options), installed, hashFile(join(root, 'package.json'))].join(' ');
  return { options, extension, key };
}
