import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compiledWithAccount } from '../compiled.ts';
import type { Template } from '../deployment.ts';
import { root } from '../stacks.ts';

/** The stages on AWS; the local platform's stage is not among them. */
export const deployedStages = ['tiny', 'dev', 'staging', 'prod'];

/** A stack compiled for a stage and written to `file` for the tools. */
export type CompiledTemplate = {
  stage: string;
  /** The name of its folder: `users`, `data`. */
  name: string;
  directory: string;
  template: Template;
  /** The template as `textOf` writes it. */
  text: string;
  file: string;
};

const folder = join(root, '.cache', 'lint-infra', 'templates');

/** Every compiled stack of a stage, including the account's, written to files. */
export async function templatesOf(stage: string): Promise<CompiledTemplate[]> {
  const compiled = await compiledWithAccount(stage);
  return compiled.map(({ directory, template }) => {
    const name = directory.split('/').at(-1) ?? directory;
    const file = join(folder, stage, `${name}.json`);
    const text = textOf(template);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return { stage, name, directory, template, text, file };
  });
}

/** Without the tools' own Metadata: our code applies and counts these exceptions, so that an unneeded one is found. */
function withoutSuppressions(template: Template): Template {
  const copy = structuredClone(template) as {
    Metadata?: Suppressing;
    Resources: Record<string, { Metadata?: Suppressing }>;
  };
  for (const { Metadata } of [copy, ...Object.values(copy.Resources)]) {
    delete Metadata?.checkov;
    delete Metadata?.['cfn-lint'];
  }
  return copy as unknown as Template;
}
type Suppressing = { checkov?: unknown; 'cfn-lint'?: unknown };

/**
 * A template as text, without values that depend on the time of compilation (the code's S3 key, the API deployment's id)
 * or on the code, which is not bundled when a template is compiled.
 */
export function textOf(template: Template): string {
  return JSON.stringify(withoutSuppressions(template), null, 1)
    .replaceAll(/ApiGatewayDeployment\d{13}/g, 'ApiGatewayDeployment')
    .replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z\/[\w.-]+\.zip/g, 'release/code.zip')
    .replaceAll(/(LambdaVersion)[0-9A-Za-z]{40,}/g, '$1')
    .replaceAll(/("CodeSha256": ")[^"]+/g, '$1sum');
}
