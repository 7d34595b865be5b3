import { join } from 'node:path';
import * as z from 'zod';
import type { SecretSpec } from '../../build/deployment.ts';
import { hostForClients, type Postgres, startPostgres } from '../engines/postgres.ts';
import type { SecretStore } from '../provision/secret-store.ts';
import type { StartOptions } from '../start-platform.ts';
import type { Stops } from './stops.ts';

const login = z.object({ username: z.string(), password: z.string() });

/** The engine's own superuser, whom RDS keeps to itself: a secret of the platform, which no function may read. */
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
      excludePunctuation: true,
    },
  };
};

const folderOf = (dataDir: string) => join(dataDir, 'postgres');

/** What the functions are told as the server's host. */
export const databaseHost = (dataDir: string, port: number): string =>
  hostForClients(folderOf(dataDir), port);

/**
 * Starts PostgreSQL, one server in the place of all, with the masters of their secrets `db/…-admin`.
 */
export async function startDatabase(
  options: StartOptions,
  port: number,
  secrets: SecretStore,
  stops: Stops,
): Promise<Postgres> {
  const own = superuser(options);
  await secrets.ensure([own]);
  const { password } = login.parse(JSON.parse(secrets.value(own.name)));
  const postgres = await startPostgres({
    dataDir: folderOf(options.dataDir),
    port,
    password,
    durable: options.durable,
    ...(options.databaseSettings ? { settings: options.databaseSettings } : {}),
    onUnexpectedExit: (reason) => options.onUnexpectedExit?.(`PostgreSQL ${reason}`),
  });
  stops.add('engines', () => postgres.stop());
  const masters = secrets.list().filter(({ name }) => /\/db\/.+-admin$/.test(name));
  await postgres.addMasters(masters.map(({ name }) => login.parse(JSON.parse(secrets.value(name)))));
  return postgres;
}
