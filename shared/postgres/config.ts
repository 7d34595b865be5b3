/**
 * Root certificates of RDS in the region that this package is for, PEM. The bundler writes them in place of the variable
 * (`shared/serverless/esbuild.config.cjs`); empty where it knows none, and outside a package.
 */
export const packagedRoots = process.env['RDS_ROOT_CERTIFICATES'] ?? '';
