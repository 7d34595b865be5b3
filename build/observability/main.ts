/** Writes the alarms and dashboards that the compiled stacks ask for: `npm run observability`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stacks.ts';
import { generatedFiles } from './files.ts';

const folder = join(root, 'resources/observability/generated');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(await generatedFiles())) {
  writeFileSync(join(folder, name), text);
  console.log(`${name}: ${text.split('\n').length} lines`);
}
