import { newId } from '../../shared/ids.ts';
import { aSecret } from '../../shared/testing/secrets.ts';
import { startPaymentsSandbox } from './sandbox.ts';

/** A payment provider of the test's own, stopped after the file, with the secret that lets the service in. */
export async function aPaymentProvider() {
  const [apiKey, webhookSecret] = [`sk_test_${newId()}`, `whsec_${newId()}`];
  const sandbox = await startPaymentsSandbox({ port: 0, apiKey });
  afterAll(() => sandbox.stop());
  const secretId = await aSecret(JSON.stringify({ apiKey, webhookSecret }));
  return { sandbox, apiKey, webhookSecret, secretId };
}
