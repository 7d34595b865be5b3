import { join } from 'node:path';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { type PaymentsSandbox, startPaymentsSandbox } from '../../platform/payments-sandbox/sandbox.ts';
import type { Account } from './account.ts';
import { type Door, picturePath, startDoor } from './api-entry.ts';
import type { Emulator } from './ministack.ts';
import type { Workplace } from './workspace.ts';

/** What stands around the stacks: RDS, the payment provider, and CloudFront with the custom domain. */
export type Surroundings = {
  postgres: Postgres;
  payments: PaymentsSandbox;
  door: Door;
  stop(): Promise<void>;
};

export const mailDomain = 'shop.example';
/** Of the PostgreSQL that is thrown away with the proof; the stacks never learn it. */
export const superuserPassword = 'initial';

/**
 * Starts what the stacks of a stage need around them, and leaves word of it in the environment of later commands.
 * Services sign in with passwords and without TLS: the PostgreSQL here knows neither IAM nor AWS's certificates.
 */
export async function surround(
  place: Workplace,
  { endpoint }: Emulator,
  stage: string,
): Promise<Surroundings> {
  const postgres = await startPostgres({
    dataDir: place.folder(`postgres-${stage}`),
    password: superuserPassword,
    durable: false,
  });
  const payments = await startPaymentsSandbox({ port: 0, apiKey: 'initial' });
  const door = await startDoor(endpoint);
  const port = String(postgres.port);
  Object.assign(place.environment, {
    SHOP_DATABASE_AUTH: 'password',
    SHOP_DATABASE_TLS: 'off',
    SHOP_USERS_DB_HOST: postgres.host,
    SHOP_USERS_DB_PORT: port,
    SHOP_ORDERS_DB_HOST: postgres.host,
    SHOP_ORDERS_DB_PORT: port,
    SHOP_PAYMENT_PROVIDER_URL: payments.url,
    SHOP_IMAGE_BASE_URL: `${door.url}${picturePath.replace(/\/$/, '')}`,
    SHOP_MAIL_DOMAIN: mailDomain,
  });
  const stop = async () => {
    await door.stop();
    await payments.stop();
    await postgres.stop();
  };
  return { postgres, payments, door, stop };
}

/**
 * Deploys a stage's databases and what they need. Where RDS takes its master's secret as it is made, the PostgreSQL
 * here is told of it; the services' stacks migrate their schemas with it while they are deployed.
 */
export async function deployDatabases(
  place: Workplace,
  account: Account,
  { postgres }: Surroundings,
  stage: string,
): Promise<void> {
  for (const stack of ['network', 'standby', 'data'])
    await place.command('sls', ['deploy'], join(place.root, 'resources', stack), stage);
  const masters = await Promise.all(
    ['db/users-admin', 'db/orders-admin'].map((name) => secretOf(account, stage, name)),
  );
  await postgres.addMasters(masters.map(({ username = '', password = '' }) => ({ username, password })));
}

/** What a secret of a stage holds. */
export async function secretOf(
  account: Account,
  stage: string,
  name: string,
): Promise<Record<string, string>> {
  return JSON.parse(await account.secret(`shop/${stage}/${name}`)) as Record<string, string>;
}
