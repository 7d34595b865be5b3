import type { Origin } from '../deployment.ts';
import { StartError } from '../start-error.ts';

/** An invalid or unsupported template; the message names the stack, the logical id and the problem. */
export class TemplateError extends StartError {
  override name = 'TemplateError';
  constructor(origin: Origin, problem: string) {
    super(`${origin.stack} / ${origin.logicalId}: ${problem}`);
  }
}
