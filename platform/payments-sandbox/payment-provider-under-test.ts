import { newId } from '../../shared/ids.ts';
import { aSecret } from '../../shared/testing/secrets.ts';
import { startPaymentsSandbox } from './sandbox.ts';

/** A payment sandbox for one test file, stopped after it, and the secret with its API key. */
export async function aPaymentProvider() {
  const [apiKey, webhookSecret] = [`sk_test_${newId()}`, `whsec_${newId()}`];
  const sandbox = await startPaymentsSandbox({ port: 0, apiKey });
  afterAll(() => sandbox.stop());
  const secretId = await aSecret(JSON.stringify({ apiKey, webhookSecret }));
  return { sandbox, apiKey, webhookSecret, secretId };
}
