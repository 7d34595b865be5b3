import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { pythonTool } from '../python-tools.ts';
import { root } from '../stacks.ts';
import type { CompiledTemplate } from './templates.ts';

/** A problem that a tool reports. */
export type Finding = {
  tool: 'cfn-lint' | 'checkov';
  rule: string;
  /** Logical id; empty when the rule concerns the whole template. */
  resource: string;
  message: string;
};

/** A tool's result for one template. */
export type Verdict = {
  findings: Finding[];
  /** Checks that the template passed; cfn-lint does not count them. */
  passed: number;
};

/** Checks many templates in one process. */
export type Tool = {
  name: Finding['tool'];
  requirement: string;
  args: string[];
  /** Exit codes of a complete run, with or without findings. */
  isComplete(exitCode: number): boolean;
  /** The verdict on each file, in order. */
  verdicts(output: string, files: readonly string[]): Verdict[];
};

type Match = {
  Filename: string;
  Message: string;
  Rule: { Id: string };
  Location: { Path: (string | number)[] | null };
};

/** AWS's template linter: checks resource schemas, references and policies. */
export const cfnLint: Tool = {
  name: 'cfn-lint',
  requirement: 'cfn-lint==1.58.0',
  // A type or property must exist in each region that a stack may be deployed to.
  args: ['--format', 'json', '--regions', 'eu-west-1', 'us-east-1', '--template'],
  // The sum of error 2, warning 4, information 8.
  isComplete: (exitCode) => exitCode <= 14 && exitCode % 2 === 0,
  verdicts: (output, files) =>
    files.map((file) => ({
      passed: 0,
      findings: (JSON.parse(output) as Match[])
        .filter(({ Filename }) => Filename === file)
        .map(({ Rule, Message, Location }) => {
          const [section, id] = Location.Path ?? [];
          const resource = section === 'Resources' && id !== undefined ? String(id) : '';
          return { tool: 'cfn-lint', rule: Rule.Id, resource, message: Message };
        }),
    })),
};

type Check = { check_id: string; check_name: string; file_abs_path: string; resource: string };
type Report = {
  results: { passed_checks: Check[]; failed_checks: Check[]; parsing_errors: string[] };
};

/** Prisma Cloud's best-practice checks for AWS resources. */
export const checkov: Tool = {
  name: 'checkov',
  requirement: 'checkov==3.3.30',
  // By default every run first downloads guidelines and severities from the internet.
  args: ['--framework', 'cloudformation', '--output', 'json', '--compact', '--skip-download', '--file'],
  isComplete: (exitCode) => exitCode <= 1,
  verdicts: (output, files) => {
    const { passed_checks, failed_checks, parsing_errors } = (JSON.parse(output) as Report).results;
    if (parsing_errors.length > 0) throw new Error(`checkov cannot read ${parsing_errors.join(', ')}`);
    return files.map((file) => {
      const ofFile = (checks: Check[]) => checks.filter(({ file_abs_path }) => file_abs_path === file);
      return { passed: ofFile(passed_checks).length, findings: ofFile(failed_checks).map(findingOf) };
    });
  },
};

/** checkov names a resource `AWS::S3::Bucket.Pictures`. */
const findingOf = ({ check_id, check_name, resource }: Check): Finding => ({
  tool: 'checkov',
  rule: check_id,
  resource: resource.split('.').at(-1) ?? resource,
  message: check_name,
});

/** Templates per process: enough to amortise its start, few enough that an interrupted run keeps most results. */
const atOnce = 9;
const cacheFolder = join(root, '.cache', 'lint-infra', 'verdicts');
/** Contains no configuration of the tools: our own code applies and counts their exceptions. */
const emptyFolder = join(root, '.cache', 'lint-infra', 'empty');

/** The tool's verdict on each template; a template with known content is not checked again. */
export async function verdictsOf(tool: Tool, templates: readonly CompiledTemplate[]): Promise<Verdict[]> {
  const version = [tool.requirement, ...tool.args].join(' ');
  const paths = templates.map(({ text }) => {
    const key = createHash('sha256').update(`${version}\n${text}`).digest('hex').slice(0, 32);
    return join(cacheFolder, `${tool.name}-${key}.json`);
  });
  const unseen = new Map<string, string>(); // the stages have templates in common
  for (const [index, path] of paths.entries())
    if (!existsSync(path)) unseen.set(path, templates[index]!.file);
  for (const folder of [cacheFolder, emptyFolder]) mkdirSync(folder, { recursive: true });
  const waiting = [...unseen];
  while (waiting.length > 0) {
    const portion = waiting.splice(0, atOnce);
    const verdicts = await run(
      tool,
      portion.map(([, file]) => file),
    );
    for (const [index, [path]] of portion.entries()) writeFileSync(path, JSON.stringify(verdicts[index]));
  }
  return paths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Verdict);
}

async function run({ name, requirement, args, isComplete, verdicts }: Tool, files: string[]) {
  const command = await pythonTool(name, requirement);
  const options = { cwd: emptyFolder, timeout: 300_000, reject: false } as const;
  const { exitCode = -1, shortMessage, stderr, stdout } = await execa(command, [...args, ...files], options);
  if (exitCode < 0 || !isComplete(exitCode)) throw new Error(`${shortMessage}: ${stderr}`);
  return verdicts(stdout, files);
}
