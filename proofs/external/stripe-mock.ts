/*
 * Sends the shop's requests to Stripe's own stripe-mock, which validates them against Stripe's OpenAPI document: first
 * every kind of request that the payment sandbox is tested with, then the payments adapter's suite.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { converse } from '../../platform/payments-sandbox/conversation.ts';
import { stripeAt } from '../../platform/payments-sandbox/testing.ts';
import { cacheFolder, prove, runIntSuites, startServer } from './programs.ts';
import { watchRefusals } from './refusals.ts';

const name = 'stripe-mock';
/** Pinned, so that the proof does not change between runs. */
const version = 'v0.203.0';
const adapterSuite = 'proofs/external/payment-provider\\.int\\.test\\.ts$';
const listening = /Listening for HTTP at address: (127\.0\.0\.1:\d+)/;

async function install(): Promise<string> {
  const folder = join(cacheFolder, 'bin');
  const program = join(folder, name);
  if (!existsSync(program)) {
    console.log(`${name}: installing ${version} with go`);
    const module = `github.com/stripe/stripe-mock@${version}`;
    await execa('go', ['install', module], { env: { GOBIN: folder }, stdio: 'inherit' });
  }
  return program;
}

await prove(name, async () => {
  const args = ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0'];
  const server = await startServer(await install(), args, (output) => listening.test(output));
  try {
    const url = `http://${listening.exec(server.output())?.[1]}`;
    const steps = await converse(stripeAt(url));
    for (const step of steps)
      console.log(`  ${step.refusal ? '✗' : '✓'} ${step.name}${step.refusal ? `: ${step.refusal}` : ''}`);
    const refused = steps.filter((step) => step.refusal);
    console.log(`${name}: ${steps.length - refused.length} of ${steps.length} kinds of request accepted`);
    const watch = await watchRefusals(url);
    const failures = await runIntSuites(adapterSuite, { TEST_PAYMENT_PROVIDER_URL: watch.url });
    await watch.stop();
    console.log(`${name}: ${watch.accepted()} requests of the adapter accepted`);
    return [
      ...refused.map((step) => `refused: ${step.name}`),
      ...watch.refusals,
      ...(watch.accepted() === 0 ? ['no request of the adapter was accepted'] : []),
      ...failures,
    ];
  } finally {
    await server.stop();
  }
});
