import { project } from '../../../build/stacks.ts';
import { buildReport } from '../../../client/daily-report.ts';
import { type Invoke, invokeThroughLambda } from '../../../client/invoke.ts';
import { ControlClient } from '../../../platform/control/control-client.ts';
import { access } from './control.ts';
import { setting } from './shop.ts';

/**
 * Invokes functions of the shop: on the local platform through its control interface, elsewhere through Lambda's API
 * (at E2E_AWS_URL where it is not AWS).
 */
export function operator(): { invoke: Invoke; stage: string } {
  return process.env['E2E_CONTROL_URL']
    ? { invoke: new ControlClient(access()).invoke, stage: 'local' }
    : { invoke: invokeThroughLambda(process.env['E2E_AWS_URL']), stage: setting('E2E_STAGE') };
}

/** Invokes a function of the shop as its operator would, and returns its result. @throws Error with the function's error if it failed */
export function invoke(service: string, name: string, payload: object): Promise<unknown> {
  const { invoke: send, stage } = operator();
  return send(`shop-${service}-${stage}-${name}`, payload);
}

/** Creates the report of a day as its schedule does on the next morning. */
export async function createDailyReport(date: string): Promise<void> {
  const { invoke: send, stage } = operator();
  await buildReport(send, { project, stage }, date);
}
