const { join } = require('node:path');
const rdsRoots = require('./rds-roots.cjs');

const credentials = join(__dirname, '../aws/credentials.ts');

/**
 * Options for bundling a handler, used by `sls package` (serverless-esbuild) and by the local platform's bundler (which
 * bundles the libraries of all functions separately: ADR 0014), so that both run the same code.
 */
const buildOptions = {
  bundle: true,
  minify: true,
  keepNames: false,
  sourcemap: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  conditions: ['module'],
  outputFileExtension: '.mjs',
  legalComments: 'none',
  // Native code: the media service packages sharp next to the one bundle that uses it (package-sharp.cjs). pg-native
  // is optional in pg and never used. Excluded: packaging installs nothing.
  external: ['sharp', 'pg-native'],
  exclude: ['sharp', 'pg-native'],
  loader: { '.sql': 'text' },
  alias: {
    '@aws-sdk/credential-provider-node': credentials,
    '@aws-sdk/credential-providers': credentials,
  },
  // CommonJS dependencies inside an ESM bundle call `require` for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
};

// Called by serverless-esbuild, and by the local platform's bundler without an argument: local databases have no TLS.
module.exports = (serverless) => ({
  ...buildOptions,
  // Read in shared/postgres/config.ts.
  define: {
    'process.env.RDS_ROOT_CERTIFICATES': JSON.stringify(rdsRoots(serverless?.service.provider.region)),
  },
});
