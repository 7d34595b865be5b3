import { execa } from 'execa';
import { pythonTool } from '../python-tools.ts';
import type { Tool } from './findings.ts';
import { toolFolder } from './tool-folder.ts';

const requirement = 'cfn-lint==1.58.0';
/** A type or property must exist in each region that a stack may be deployed to. */
const regions = ['eu-west-1', 'us-east-1'];
/** Exit codes: 0 without findings, or the sum of error 2, warning 4, information 8. */
const usual = (status = -1): boolean => status >= 0 && status <= 14 && status % 2 === 0;

type Match = {
  Filename: string;
  Message: string;
  Rule: { Id: string };
  Location: { Path: (string | number)[] | null };
};

/** AWS's template linter: checks resource schemas, references and policies. */
export const cfnLint: Tool = {
  name: 'cfn-lint',
  version: `${requirement} ${regions.join(' ')}`,
  async check(files) {
    const command = await pythonTool('cfn-lint', requirement);
    const args = ['--format', 'json', '--regions', ...regions, '--template', ...files];
    // Run in a folder without `.cfnlintrc.yaml`: our own code applies and counts its exceptions.
    const options = { cwd: toolFolder(), timeout: 300_000, reject: false } as const;
    const { exitCode, shortMessage, stderr, stdout } = await execa(command, args, options);
    if (!usual(exitCode)) throw new Error(`${shortMessage}: ${stderr}`);
    const matches = JSON.parse(stdout) as Match[];
    return files.map((file) => ({
      passed: 0,
      findings: matches
        .filter(({ Filename }) => Filename === file)
        .map(({ Rule, Message, Location }) => {
          const [section, id] = Location.Path ?? [];
          const resource = section === 'Resources' && id !== undefined ? String(id) : '';
          return { tool: 'cfn-lint', rule: Rule.Id, resource, message: Message };
        }),
    }));
  },
};
