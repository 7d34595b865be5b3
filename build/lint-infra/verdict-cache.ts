import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stacks.ts';
import type { Tool, Verdict } from './findings.ts';
import type { CompiledTemplate } from './templates.ts';

/** Templates per process: enough to amortise its start, few enough that an interrupted run keeps most results. */
const atOnce = 9;
const folder = join(root, '.cache', 'lint-infra', 'verdicts');

/** The tool's verdict on each template; a template with known content is not checked again. */
export async function verdictsOf(tool: Tool, templates: readonly CompiledTemplate[]): Promise<Verdict[]> {
  const paths = templates.map(({ text }) => {
    const key = createHash('sha256').update(`${tool.version}\n${text}`).digest('hex').slice(0, 32);
    return join(folder, `${tool.name}-${key}.json`);
  });
  const unseen = new Map<string, string>(); // the stages have templates in common
  for (const [index, path] of paths.entries())
    if (!existsSync(path)) unseen.set(path, templates[index]!.file);
  mkdirSync(folder, { recursive: true });
  const waiting = [...unseen];
  while (waiting.length > 0) {
    const portion = waiting.splice(0, atOnce);
    const verdicts = await tool.check(portion.map(([, file]) => file));
    for (const [index, [path]] of portion.entries()) writeFileSync(path, JSON.stringify(verdicts[index]));
  }
  return paths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Verdict);
}
