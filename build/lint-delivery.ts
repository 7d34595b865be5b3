/**
 * Checks what delivers the shop: workflows by actionlint, every commit for secrets by gitleaks: `npm run
 * lint:delivery`. Both are installed at their pinned versions with Go, below `.cache/go`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';
import { root } from './stacks.ts';

const tools = [
  { command: 'actionlint', module: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', args: [] },
  {
    command: 'gitleaks',
    module: 'github.com/zricethezav/gitleaks/v8@v8.30.1',
    args: ['git', '--redact', '--no-banner', '.'],
  },
];

for (const { command, module, args } of tools) {
  const folder = join(root, '.cache', 'go', module.replaceAll('/', '-'));
  const path = join(folder, command);
  if (!existsSync(path)) {
    const installed = await run('go', ['install', module], {
      cwd: root,
      env: { GOBIN: folder, GOFLAGS: '-modcacherw' },
      timeoutMs: 300_000,
    });
    if (installed.status !== 0) fail(`${command} cannot be installed`, installed.output);
  }
  const { status, output } = await run(path, args, { cwd: root, timeoutMs: 120_000 });
  if (status !== 0) fail(`${command} found something`, output);
  console.log(`${command}: nothing found`);
}

function fail(what: string, output: string): never {
  console.error(`${what}:\n${output}`);
  process.exit(1);
}
