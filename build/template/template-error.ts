import type { Origin } from '../deployment.ts';
import { StartError } from '../start-error.ts';

/** An invalid or unsupported template; the message names the stack, the logical id and the problem. */
export class TemplateError extends StartError {
  override name = 'TemplateError';
  readonly stackName: string;
  readonly logicalId: string;
  constructor(origin: Origin, problem: string) {
    super(`${origin.stack} / ${origin.logicalId}: ${problem}`);
    this.stackName = origin.stack;
    this.logicalId = origin.logicalId;
  }
}
