import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { StartError } from './start-error.ts';

/** The project's root folder. */
export const root = join(import.meta.dirname, '..');

/** Begins every physical name on AWS (shared/serverless/custom.yml). */
export const project = 'shop';

/** A stack as `serverless-compose.yml` names it; `path` is relative to the root. */
export type Stack = { name: string; path: string; dependsOn: string[] };

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      path: z.string(),
      dependsOn: z
        .union([z.string(), z.array(z.string())])
        .default([])
        .transform((names) => [names].flat()),
    }),
  ),
});

/**
 * The stacks that `serverless-compose.yml` names, each after those it depends on, as compose deploys them.
 * @throws StartError when the file cannot be read, names an unknown stack or has a dependency cycle
 */
export function stacks(folder = root): Stack[] {
  const file = 'serverless-compose.yml';
  const parsed = composeFile.safeParse(parse(readCompose(folder, file)));
  if (!parsed.success) throw new StartError(`${file}: ${z.prettifyError(parsed.error)}`);
  const { services } = parsed.data;
  const ordered: Stack[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, path: string[]) => {
    const service = services[name];
    if (!service) throw new StartError(`${file}: ${path.at(-1)} depends on ${name}, which does not exist.`);
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open')
      throw new StartError(`${file}: dependency cycle: ${[...path, name].join(' → ')}.`);
    state.set(name, 'open');
    for (const dependency of service.dependsOn) visit(dependency, [...path, name]);
    state.set(name, 'done');
    ordered.push({ name, ...service });
  };
  for (const name of Object.keys(services)) visit(name, []);
  return ordered;
}

/** The stacks' directories, in the same order. */
export const stackDirectories = (folder = root): string[] => stacks(folder).map(({ path }) => path);

function readCompose(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    throw new StartError(`${file} is missing: it names the stacks.`);
  }
}
