import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ErrorKind, ShopErrorClass } from '../../shared/errors.ts';
import { statusOf } from '../../shared/http/status.ts';
import { root } from '../stacks.ts';

/** A kind of error and its owner: one service, or all of them. */
export type NamedError = ErrorKind & { owner: string };

const isErrorClass = (value: unknown): value is ShopErrorClass =>
  typeof value === 'function' && Object.hasOwn(value, 'kind');

/**
 * Every kind of error that the code declares, found by reading the exports of all modules that call `shopError`.
 * @throws Error for a module that declares an error without exporting it, or creates one without `shopError`
 */
export async function everyError(): Promise<NamedError[]> {
  const modules = globSync(['shared/**/*.ts', 'services/*/src/**/*.ts'], { cwd: root })
    .filter((path) => !path.endsWith('.test.ts') && !path.startsWith('shared/testing/'))
    .toSorted();
  const errors = await Promise.all(modules.map(errorsOf));
  return errors.flat();
}

async function errorsOf(path: string): Promise<NamedError[]> {
  const source = readFileSync(join(root, path), 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
  if (path !== 'shared/errors.ts' && /\bclass\b[^{]*\bextends ShopError\b|\bnew ShopError\b/.test(source))
    throw new Error(`${path}: declare errors with shopError, so that docs/errors.md has them`);
  const declared = source.match(/(?<!function )\bshopError\(/g)?.length ?? 0;
  if (declared === 0) return [];
  const { href } = pathToFileURL(join(root, path));
  const errors = Object.values((await import(href)) as object).filter(isErrorClass);
  if (errors.length !== declared)
    throw new Error(`${path}: declares ${declared} errors and exports ${errors.length}; export each of them`);
  const [folder, service] = path.split('/');
  const owner = folder === 'services' && service !== undefined ? service : 'every service';
  return errors.map(({ kind }) => ({ ...kind, owner })).toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

/** The table of docs/errors.md. */
export async function errorsTable(): Promise<string> {
  const errors = await everyError();
  const [shared, own] = [true, false].map((all) =>
    errors.filter(({ owner }) => (owner === 'every service') === all),
  );
  const rows = [...(shared ?? []), ...(own ?? [])].map(
    (error) =>
      `| \`${error.code}\` | ${statusOf(error)} | ${error.title} | ${error.remedy} | ${error.owner} |`,
  );
  return ['| code | status | title | remedy | named by |', '|---|---|---|---|---|', ...rows].join('\n');
}
