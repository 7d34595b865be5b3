import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The project's root folder. */
export const root = join(import.meta.dirname, '..');

/** What every name of AWS begins with (shared/serverless/custom.yml). */
export const project = 'shop';

/** A stack as `serverless-compose.yml` names it; `path` is relative to the root. */
export type Stack = { name: string; path: string };

/** Every stack, in the order of the file. */
export function stacks(): Stack[] {
  const compose = parse(readFileSync(join(root, 'serverless-compose.yml'), 'utf8')) as {
    services: Record<string, { path: string }>;
  };
  return Object.entries(compose.services).map(([name, { path }]) => ({ name, path }));
}
