/**
 * cfn-lint over every compiled template: `npm run lint:templates` (after `npm run package`). Every error and warning
 * counts; what is suppressed stands with its reason in `.cfnlintrc.yaml`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pythonTool } from './python-tools.ts';
import { run } from './run.ts';
import { root, stacks } from './stacks.ts';

const stage = process.argv[2] ?? 'dev';
const templates = stacks().map(({ name }) =>
  join(root, '.cache', 'packages', stage, name, 'cloudformation-template-update-stack.json'),
);
const missing = templates.filter((path) => !existsSync(path));
if (missing.length > 0) {
  console.error(`not packaged yet, run npm run package first: ${missing.join(', ')}`);
  process.exit(1);
}
const cfnLint = await pythonTool('cfn-lint', 'cfn-lint==1.58.0');
const { status, output } = await run(cfnLint, ['--template', ...templates], {
  cwd: root,
  timeoutMs: 300_000,
});
if (output.trim() !== '') console.log(output);
console.log(
  status === 0 ? `cfn-lint: ${templates.length} templates, nothing found` : 'cfn-lint found something',
);
process.exit(status === 0 ? 0 : 1);
