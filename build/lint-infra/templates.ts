import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileStacks } from '../compile/compile-stacks.ts';
import type { Template } from '../deployment.ts';
import { listStacks } from '../stack-list.ts';
import { root } from '../stacks.ts';

/** The stages that a team deploys; the local platform's own is not among them. */
export const deployedStages = ['dev', 'staging', 'prod'];

/** A stack as it compiles for a stage, written to `file` for the tools. */
export type CompiledTemplate = {
  stage: string;
  /** The name of its folder: `users`, `data`. */
  name: string;
  stackName: string;
  directory: string;
  template: Template;
  /** `provider.stackParameters`, as `sls deploy` passes them. */
  parameters: Record<string, string>;
  /** The template as `textOf` writes it. */
  text: string;
  file: string;
};

/** Once per account, so not in `serverless-compose.yml`. */
const accountStack = 'resources/account';
const folder = join(root, '.cache', 'lint-infra', 'templates');

/** Every stack of a stage, the account's own included, as osls compiles it. */
export async function templatesOf(stage: string): Promise<CompiledTemplate[]> {
  const directories = [
    ...(existsSync(join(root, accountStack)) ? [accountStack] : []),
    ...(await listStacks(root)),
  ];
  const compiled = await compileStacks({ root, stage, directories });
  return compiled.map(({ name: stackName, directory, template, parameters = {} }) => {
    const name = directory.split('/').at(-1) ?? directory;
    const file = join(folder, stage, `${name}.json`);
    const text = textOf(template);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return { stage, name, stackName, directory, template, parameters, text, file };
  });
}

/**
 * A template as text, without what osls puts in of the time of compilation (the key of the code, the id of the API's
 * deployment) and of the code itself, which is not bundled to compile a template.
 */
export function textOf(template: Template): string {
  return JSON.stringify(template, null, 1)
    .replaceAll(/ApiGatewayDeployment\d{13}/g, 'ApiGatewayDeployment')
    .replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z\/[\w.-]+\.zip/g, 'release/code.zip')
    .replaceAll(/(LambdaVersion)[0-9A-Za-z]{40,}/g, '$1')
    .replaceAll(/("CodeSha256": ")[^"]+/g, '$1sum');
}
