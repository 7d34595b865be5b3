import { compileStacks } from './compile/compile-stacks.ts';
import type { CompiledStack, Deployment } from './deployment.ts';
import { root } from './stacks.ts';
import { resolveDeployment } from './template/resolve-deployment.ts';

/** Every stack as it compiles for a stage; from the cache when nothing has changed. */
export const compiled = (stage: string): Promise<CompiledStack[]> => compileStacks({ root, stage });

/** Everything the compiled stacks of a stage ask for. */
export async function deploymentOf(stage: string): Promise<Deployment> {
  return resolveDeployment(await compiled(stage), {
    region: 'eu-west-1',
    accountId: '000000000000',
    stage,
    project: 'shop',
    parameters: {},
    queueUrlBase: 'http://127.0.0.1',
  });
}
