import { join } from 'node:path';
import * as z from 'zod';
import type { SecretSpec } from '../../build/deployment.ts';
import { hostForClients, type Postgres, startPostgres } from '../engines/postgres.ts';
import type { SecretStore } from '../provision/secret-store.ts';
import type { StartOptions } from './platform.ts';
import type { Shutdown } from './shutdown.ts';

const login = z.object({ username: z.string(), password: z.string() });

/** The engine's superuser, which RDS does not give out: a secret of the platform that no function may read. */
const superuser = (options: StartOptions): SecretSpec => {
  const name = `${options.project}/${options.stage}/db/admin`;
  return {
    stack: 'local platform',
    logicalId: 'Superuser',
    name,
    arn: `arn:aws:secretsmanager:${options.region}:${options.accountId}:secret:${name}-locals`,
    generate: {
      template: '{"username":"postgres"}',
      key: 'password',
      length: 40,
    },
  };
};

const folderOf = (dataDir: string) => join(dataDir, 'postgres');

/** The host name of the server for functions. */
export const databaseHost = (dataDir: string, port: number): string =>
  hostForClients(folderOf(dataDir), port);

/** Starts one PostgreSQL server for all databases, and creates the master users of the secrets `db/…-admin`. */
export async function startDatabase(
  options: StartOptions,
  port: number,
  secrets: SecretStore,
  shutdown: Shutdown,
): Promise<Postgres> {
  const secret = superuser(options);
  await secrets.ensure([secret]);
  const { password } = login.parse(JSON.parse(secrets.value(secret.name)));
  const postgres = await startPostgres({
    dataDir: folderOf(options.dataDir),
    port,
    password,
    durable: options.durable,
    ...(options.databaseSettings ? { settings: options.databaseSettings } : {}),
    onUnexpectedExit: (reason) => options.onUnexpectedExit?.(`PostgreSQL ${reason}`),
  });
  shutdown.add('engines', () => postgres.stop());
  const masters = secrets.list().filter(({ name }) => /\/db\/.+-admin$/.test(name));
  await postgres.addMasters(masters.map(({ name }) => login.parse(JSON.parse(secrets.value(name)))));
  return postgres;
}
