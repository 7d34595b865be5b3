import * as z from 'zod';
import type { Deployment } from '../../build/deployment.ts';
import type { PaymentsSandbox } from '../payments-sandbox/sandbox.ts';
import type { SecretStore } from '../provision/secret-store.ts';

const keys = z.object({ apiKey: z.string(), webhookSecret: z.string() });

/** The route that the provider is told to send its events to, as in its dashboard. */
const WEBHOOK_PATH = /\/payments\/webhooks\/[^/]+$/;

/** The events that the payments service asks for, as its README tells an operator. */
const WEBHOOK_EVENTS = ['succeeded', 'payment_failed', 'requires_action', 'canceled'].map(
  (outcome) => `payment_intent.${outcome}`,
);

/** Gives the sandbox the shop's keys and the address of its webhook; without a payments stack it stays shut. */
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
    .find(({ httpMethod, path }) => httpMethod === 'POST' && WEBHOOK_PATH.test(path));
  payments.configure({
    apiKey,
    ...(webhook === undefined
      ? {}
      : { webhook: { url: `${apiUrl}${webhook.path}`, secret: webhookSecret, events: WEBHOOK_EVENTS } }),
  });
}
