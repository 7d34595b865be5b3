import { root } from '../../build/stacks.ts';
import { printSteps } from '../steps.ts';
import { Workspace } from './workspace.ts';

/**
 * Runs a proof as this process's only task: prints its steps and sets the exit code. Deletes its folder, except after a
 * failure, when the folder contains the logs.
 */
export async function runProof(prove: (workspace: Workspace) => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const workspace = new Workspace(root);
  try {
    await prove(workspace);
    workspace.delete();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    console.error(`\nThe logs are in ${workspace.folder}`);
    process.exitCode = 1;
  } finally {
    printSteps();
  }
}
