import * as z from 'zod';
import type { Deployment } from '../../build/deployment.ts';
import type { PaymentsSandbox } from '../payments-sandbox/sandbox.ts';
import type { SecretStore } from '../provision/secret-store.ts';

const keys = z.object({ apiKey: z.string(), webhookSecret: z.string() });

/** The route that receives the provider's events. */
const webhookPath = /\/payments\/webhooks\/[^/]+$/;

/** Configures the sandbox with the shop's API key and webhook; without a payments stack it refuses every request. */
export function connectPayments(parts: {
  payments: PaymentsSandbox;
  secrets: SecretStore;
  deployment: Deployment;
  apiUrl: string;
}): void {
  const { payments, secrets, deployment, apiUrl } = parts;
  const secret = `${deployment.project}/${deployment.stage}/payments/stripe`;
  if (secrets.find(secret) === undefined) return;
  const { apiKey, webhookSecret } = keys.parse(JSON.parse(secrets.value(secret)));
  const webhook = deployment.apis
    .flatMap(({ methods }) => methods)
    .find(({ httpMethod, path }) => httpMethod === 'POST' && webhookPath.test(path));
  payments.configure({
    apiKey,
    ...(webhook === undefined ? {} : { webhook: { url: `${apiUrl}${webhook.path}`, secret: webhookSecret } }),
  });
}
