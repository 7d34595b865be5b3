import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stacks.ts';

/** An empty folder to run a tool in, so that it finds no configuration of its own. */
export function toolFolder(): string {
  const folder = join(root, '.cache', 'lint-infra', 'empty');
  mkdirSync(folder, { recursive: true });
  return folder;
}
