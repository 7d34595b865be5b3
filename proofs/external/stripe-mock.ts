/*
 * Sends the shop's requests to Stripe's own stripe-mock, which checks each against Stripe's OpenAPI document: first
 * every kind of request that the payment sandbox is tested with, then the payments adapter's suite.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { converse } from '../../platform/payments-sandbox/conversation.ts';
import { stripeAt } from '../../platform/payments-sandbox/testing.ts';
import { cacheFolder, mustRun, prove, runIntSuites, startServer } from './programs.ts';
import { watchRefusals } from './refusals.ts';

const NAME = 'stripe-mock';
/** Newest when written; a fixed version keeps the proof the same from run to run. */
const VERSION = 'v0.203.0';
const ADAPTER_SUITE = 'proofs/external/payment-provider\\.int\\.test\\.ts$';

const installed = async (): Promise<string> => {
  const folder = join(cacheFolder, 'bin');
  const program = join(folder, NAME);
  try {
    await access(program);
  } catch {
    console.log(`${NAME}: installing ${VERSION} with go`);
    await mustRun('go', ['install', `github.com/stripe/stripe-mock@${VERSION}`], { GOBIN: folder });
  }
  return program;
};

const LISTENING = /Listening for HTTP at address: (127\.0\.0\.1:\d+)/;

await prove(NAME, async () => {
  const server = await startServer(
    await installed(),
    ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0'],
    (output) => LISTENING.test(output),
  );
  try {
    const url = `http://${LISTENING.exec(server.output())?.[1]}`;
    const steps = await converse(stripeAt(url));
    for (const { name, refusal } of steps)
      console.log(`  ${refusal ? '✗' : '✓'} ${name}${refusal ? `: ${refusal}` : ''}`);
    const refused = steps.filter((step) => step.refusal);
    console.log(`${NAME}: ${steps.length - refused.length} of ${steps.length} kinds of request accepted`);
    const watch = await watchRefusals(url);
    const code = await runIntSuites(ADAPTER_SUITE, { TEST_PAYMENT_PROVIDER_URL: watch.url });
    await watch.stop();
    console.log(`${NAME}: ${watch.accepted()} requests of the adapter accepted`);
    return [
      ...refused.map((step) => `refused: ${step.name}`),
      ...watch.refusals,
      ...(watch.accepted() === 0 ? ['the adapter sent nothing that was accepted'] : []),
      ...(code === 0 ? [] : [`the adapter's suite ended with ${code}`]),
    ];
  } finally {
    await server.stop();
  }
});
