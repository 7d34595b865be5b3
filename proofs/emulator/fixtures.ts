import { join } from 'node:path';
import { accountStack } from '../../build/compiled.ts';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { type PaymentsSandbox, startPaymentsSandbox } from '../../platform/payments-sandbox/sandbox.ts';
import type { Account } from './account.ts';
import { type ApiEntry, imagePath, startApiEntry } from './api-entry.ts';
import type { Emulator } from './ministack.ts';
import type { Workspace } from './workspace.ts';

/** What the stacks need beside AWS: PostgreSQL in place of RDS, the payment provider, and the API's address. */
export type Fixtures = {
  postgres: Postgres;
  payments: PaymentsSandbox;
  apiEntry: ApiEntry;
  stop(): Promise<void>;
};

export const mailDomain = 'shop.example';
/** Superuser of the temporary PostgreSQL; the stacks have their own roles. */
export const superuserPassword = 'initial';

/**
 * Starts the fixtures of a stage and adds their addresses to the environment of later commands. Services sign in with
 * passwords and without TLS, because this PostgreSQL has neither IAM nor AWS's certificates.
 */
export async function startFixtures(
  workspace: Workspace,
  { endpoint }: Emulator,
  stage: string,
): Promise<Fixtures> {
  const dataDir = workspace.path(`postgres-${stage}`);
  const postgres = await startPostgres({ dataDir, password: superuserPassword, durable: false });
  const payments = await startPaymentsSandbox({ port: 0, apiKey: 'initial' });
  const apiEntry = await startApiEntry(endpoint);
  const port = String(postgres.port);
  Object.assign(workspace.environment, {
    SHOP_DATABASE_AUTH: 'password',
    SHOP_DATABASE_TLS: 'off',
    SHOP_USERS_DB_HOST: postgres.host,
    SHOP_USERS_DB_PORT: port,
    SHOP_ORDERS_DB_HOST: postgres.host,
    SHOP_ORDERS_DB_PORT: port,
    SHOP_PAYMENT_PROVIDER_URL: payments.url,
    SHOP_IMAGE_BASE_URL: `${apiEntry.url}${imagePath.replace(/\/$/, '')}`,
    SHOP_MAIL_DOMAIN: mailDomain,
  });
  const stop = async () => {
    await apiEntry.stop();
    await payments.stop();
    await postgres.stop();
  };
  return { postgres, payments, apiEntry, stop };
}

/**
 * Deploys the account's stack, whose permissions boundary the roles of every stage need. Without audit, whose data would
 * remain after its removal.
 */
export async function deployAccount(workspace: Workspace): Promise<void> {
  Object.assign(workspace.environment, { SHOP_ACCOUNT_TRAIL: 'false', SHOP_ACCOUNT_CONFIG: 'false' });
  await workspace.command('sls', ['deploy'], join(workspace.root, accountStack));
}

/**
 * Deploys a stage's databases and creates the administrators of their secrets in PostgreSQL, as RDS does when it creates
 * an instance: as these users the data stack creates the databases of services during their deployment.
 */
export async function deployDatabases(
  workspace: Workspace,
  account: Account,
  { postgres }: Fixtures,
  stage: string,
): Promise<void> {
  for (const stack of ['network', 'standby', 'data'])
    await workspace.command('sls', ['deploy'], join(workspace.root, 'resources', stack), stage);
  const administrators = await Promise.all(
    ['db/users-admin', 'db/orders-admin'].map((name) => secretOf(account, stage, name)),
  );
  await postgres.addMasters(
    administrators.map(({ username = '', password = '' }) => ({ username, password })),
  );
}

/** The fields of a stage's secret. */
export async function secretOf(
  account: Account,
  stage: string,
  name: string,
): Promise<Record<string, string>> {
  return JSON.parse(await account.secret(`shop/${stage}/${name}`)) as Record<string, string>;
}
