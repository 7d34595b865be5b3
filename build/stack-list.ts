import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { StartError } from './start-error.ts';

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({ path: z.string(), dependsOn: z.union([z.string(), z.array(z.string())]).optional() }),
  ),
});

/**
 * The directories of the stacks that `serverless-compose.yml` names, relative to the root, each after those it
 * depends on, as compose deploys them.
 * @throws StartError when the file is not to be read, names an unknown stack, or its dependencies run in a circle
 */
export async function listStacks(root: string): Promise<string[]> {
  const file = 'serverless-compose.yml';
  const text = await readFile(join(root, file), 'utf8').catch(() => {
    throw new StartError(`${file} is missing: it names the stacks to run.`);
  });
  const parsed = composeFile.safeParse(parse(text));
  if (!parsed.success) throw new StartError(`${file}: ${z.prettifyError(parsed.error)}`);
  const { services } = parsed.data;
  const ordered: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, path: string[]) => {
    const service = services[name];
    if (!service) throw new StartError(`${file}: ${path.at(-1)} depends on ${name}, which is not there.`);
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open')
      throw new StartError(
        `${file}: stacks depend on each other in a circle: ${[...path, name].join(' → ')}.`,
      );
    state.set(name, 'open');
    for (const dependency of [service.dependsOn ?? []].flat()) visit(dependency, [...path, name]);
    state.set(name, 'done');
    ordered.push(service.path);
  };
  for (const name of Object.keys(services)) visit(name, []);
  return ordered;
}
