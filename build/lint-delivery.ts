/**
 * Checks what delivers and operates the shop: workflows by actionlint, every commit for secrets by gitleaks, and the
 * shell and AWS CLI commands of the documents: `npm run lint:delivery`. The tools are installed at their pinned versions
 * below `.cache`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { lintCommands, shellcheckFolder } from './lint-commands/lint-commands.ts';
import { root } from './stacks.ts';

const commands = await lintCommands().catch((error: Error) =>
  fail('the commands of the documents', error.message),
);
console.log(`commands of the documents: ${commands}`);

/** actionlint checks the steps of workflows with shellcheck if it finds it. */
const PATH = `${await shellcheckFolder()}:${process.env['PATH']}`;
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
    const env = { GOBIN: folder, GOFLAGS: '-modcacherw' };
    const options = { cwd: root, env, timeout: 300_000, reject: false, all: true } as const;
    const installed = await execa('go', ['install', module], options);
    if (installed.failed) fail(`${command} cannot be installed: ${installed.shortMessage}`, installed.all);
  }
  const checked = await execa(path, args, {
    cwd: root,
    env: { PATH },
    timeout: 120_000,
    reject: false,
    all: true,
  });
  if (checked.failed) fail(`${command} failed: ${checked.shortMessage}`, checked.all);
  console.log(`${command}: nothing found`);
}

function fail(what: string, output = ''): never {
  console.error(`${what}:\n${output}`);
  process.exit(1);
}
