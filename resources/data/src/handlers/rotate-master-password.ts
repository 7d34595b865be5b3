import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { lambdaHandler } from '#shared/lambda/lambda-handler.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { lazy } from '#shared/lazy.ts';
import { rotationConfig } from '../config.ts';
import { masterSecret } from '../master-secret.ts';
import { rotate, steps } from '../rotation.ts';
import { servers } from '../server.ts';

const config = rotationConfig();
const client = lazy(() => new SecretsManagerClient({}));
const request = z.object({
  SecretId: z.string().min(1),
  ClientRequestToken: z.string().min(1),
  Step: z.enum(steps),
});

/** Called by Secrets Manager, step by step, to give a server's master another password. */
export const handler = lambdaHandler(async (event: unknown): Promise<void> => {
  const { SecretId, ClientRequestToken, Step } = request.parse(event);
  const secret = masterSecret(client(), SecretId, ClientRequestToken);
  const known = servers(config.DATABASE_ADMIN_HOSTS, {
    tls: config.DATABASE_TLS,
    caFile: config.DATABASE_CA_FILE,
  });
  const done = await rotate(Step, secret, known);
  logger.info('rotation', { secret: SecretId, step: Step, done });
});
