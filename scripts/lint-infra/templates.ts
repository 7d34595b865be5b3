import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileStacks } from '../../local/compile/compile-stacks.ts';
import { listStacks } from '../../local/compile/stack-list.ts';
import type { Template } from '../../local/deployment.ts';
import { root } from '../stacks.ts';

/** The stages that a team deploys; the local platform's own is not among them. */
export const deployedStages = ['dev', 'staging', 'prod'] as const;
export type DeployedStage = (typeof deployedStages)[number];

/** A stack as it compiles for a stage, written to `file` for the tools. */
export type CompiledTemplate = {
  stage: DeployedStage;
  /** The name of its folder: `users`, `data`. */
  name: string;
  stackName: string;
  directory: string;
  template: Template;
  /** `provider.stackParameters`, as `sls deploy` passes them. */
  parameters: Record<string, string>;
  /** The template as text, without what differs from one compilation to the next. */
  text: string;
  file: string;
};

/** Once per account, so not in `serverless-compose.yml`. */
const accountStack = 'resources/account';
const folder = join(root, '.cache', 'lint-infra', 'templates');

/** Every stack of a stage, the account's own included, as osls compiles it. */
export async function templatesOf(stage: DeployedStage): Promise<CompiledTemplate[]> {
  const directories = [
    ...(existsSync(join(root, accountStack)) ? [accountStack] : []),
    ...(await listStacks(root)),
  ];
  const compiled = await compileStacks({ root, stage, directories });
  return compiled.map(({ name: stackName, directory, template, parameters = {} }) => {
    const name = directory.split('/').at(-1) ?? directory;
    const file = join(folder, stage, `${name}.json`);
    const text = withoutTimes(JSON.stringify(template, null, 1));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return { stage, name, stackName, directory, template, parameters, text, file };
  });
}

/** osls puts the time of compilation into the key of the code and the id of the API's deployment. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/ApiGatewayDeployment\d{13}/g, 'ApiGatewayDeployment')
    .replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'release');
}
