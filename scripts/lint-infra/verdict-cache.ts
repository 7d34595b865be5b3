import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stacks.ts';
import type { Tool, Verdict } from './findings.ts';
import type { CompiledTemplate } from './templates.ts';

const folder = join(root, '.cache', 'lint-infra', 'verdicts');

/** The tool's verdict on each template; one that it has seen with the same content is not looked at again. */
export async function verdictsOf(tool: Tool, templates: readonly CompiledTemplate[]): Promise<Verdict[]> {
  const paths = templates.map(({ text }) => {
    const key = createHash('sha256').update(`${tool.version}\n${text}`).digest('hex').slice(0, 32);
    return join(folder, `${tool.name}-${key}.json`);
  });
  const unseen = new Map<string, string>(); // the stages have templates in common
  for (const [index, path] of paths.entries())
    if (!existsSync(path)) unseen.set(path, templates[index]!.file);
  if (unseen.size > 0) {
    const verdicts = await tool.check([...unseen.values()]);
    mkdirSync(folder, { recursive: true });
    for (const [index, path] of [...unseen.keys()].entries())
      writeFileSync(path, JSON.stringify(verdicts[index]));
  }
  return paths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Verdict);
}
