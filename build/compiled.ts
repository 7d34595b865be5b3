import { compileStacks } from './compile/compile-stacks.ts';
import type { CompiledStack, Deployment } from './deployment.ts';
import { root, stackDirectories } from './stacks.ts';
import { resolveDeployment } from './template/resolve-deployment.ts';

/** Every compiled stack of a stage; from the cache when nothing has changed. */
export const compiled = (stage: string): Promise<CompiledStack[]> => compileStacks({ root, stage });

/** The stack that is deployed once per account; it is not in `serverless-compose.yml`. */
export const accountStack = 'resources/account';

/** Every compiled stack of a stage, and the account's. */
export const compiledWithAccount = (stage: string): Promise<CompiledStack[]> =>
  compileStacks({ root, stage, directories: [accountStack, ...stackDirectories()] });

/** The resolved resources of a stage's stacks, except those in some directories. */
export async function deploymentOf(
  stage: string,
  { except = [] }: { except?: string[] } = {},
): Promise<Deployment> {
  const directories = stackDirectories().filter((directory) => !except.includes(directory));
  return resolveDeployment(await compileStacks({ root, stage, directories }), {
    region: 'eu-west-1',
    accountId: '000000000000',
    stage,
    project: 'shop',
    parameters: {},
    queueUrlBase: 'http://127.0.0.1',
  });
}
