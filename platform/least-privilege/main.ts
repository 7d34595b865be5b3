/**
 * `npm run check:permissions [-- <calls.json>] [--failures]`: compares the compiled roles with the calls of the e2e
 * run, and fails for a grant that is neither used nor implied by AWS, and for an implied one that a role lacks.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { StartError } from '../../build/start-error.ts';
import { resolveDeployment } from '../../build/template/resolve-deployment.ts';
import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';
import { leastPrivilege } from './least-privilege.ts';
import { failures, renderReport } from './report.ts';

const root = resolve(import.meta.dirname, '../..');
const file = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '.local/calls.json';

async function readCalls(): Promise<CallsSnapshot> {
  const text = await readFile(resolve(root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new StartError(`${file} is missing: run npm run test:e2e, which writes it, or name another file.`);
  });
  return JSON.parse(text) as CallsSnapshot;
}

try {
  const calls = await readCalls();
  const stacks = await compileStacks({ root, stage: 'local' });
  const deployment = resolveDeployment(stacks, {
    region: 'eu-west-1',
    accountId: '000000000000',
    stage: 'local',
    project: 'shop',
    // As on the local platform, without the functions that operate RDS.
    parameters: { Databases: 'external' },
    queueUrlBase: 'http://127.0.0.1',
  });
  const findings = leastPrivilege(deployment, calls);
  console.log(renderReport(findings, process.argv.includes('--failures')));
  process.exitCode = failures(findings).length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
