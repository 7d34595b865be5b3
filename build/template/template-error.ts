import type { Origin } from '../deployment.ts';
import { StartError } from '../start-error.ts';

/** A template asks for what cannot be: the message names the stack and the logical id, and says what is wrong. */
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
