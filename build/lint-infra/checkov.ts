import { execa } from 'execa';
import { pythonTool } from '../python-tools.ts';
import type { Finding, Tool, Verdict } from './findings.ts';
import { toolFolder } from './tool-folder.ts';

const requirement = 'checkov==3.3.30';

type Check = { check_id: string; check_name: string; file_abs_path: string; resource: string };
type Report = {
  results: { passed_checks: Check[]; failed_checks: Check[]; parsing_errors: string[] };
};

/** Prisma Cloud's best-practice checks for AWS resources. */
export const checkov: Tool = {
  name: 'checkov',
  version: requirement,
  async check(files) {
    const command = await pythonTool('checkov', requirement);
    const args = ['--framework', 'cloudformation', '--output', 'json', '--compact'];
    // By default every run first downloads guidelines and severities from the internet.
    args.push('--skip-download');
    // Run in a folder without `.checkov.yaml`: our own code applies and counts its exceptions.
    const options = { cwd: toolFolder(), timeout: 300_000, reject: false } as const;
    const {
      exitCode = 2,
      shortMessage,
      stderr,
      stdout,
    } = await execa(command, [...args, '--file', ...files], options);
    if (exitCode > 1) throw new Error(`${shortMessage}: ${stderr}`);
    const { passed_checks, failed_checks, parsing_errors } = (JSON.parse(stdout) as Report).results;
    if (parsing_errors.length > 0) throw new Error(`checkov cannot read ${parsing_errors.join(', ')}`);
    return files.map((file): Verdict => {
      const ofFile = (checks: Check[]) => checks.filter(({ file_abs_path }) => file_abs_path === file);
      return { passed: ofFile(passed_checks).length, findings: ofFile(failed_checks).map(finding) };
    });
  },
};

/** checkov names a resource `AWS::S3::Bucket.Pictures`. */
const finding = ({ check_id, check_name, resource }: Check): Finding => ({
  tool: 'checkov',
  rule: check_id,
  resource: resource.split('.').at(-1) ?? resource,
  message: check_name,
});
