import { credentialsOf, passwordOf } from '#shared/postgres/connect.ts';
import { postgres } from '#shared/postgres/database.ts';
import { prepareDatabase, type RolePasswords } from '#shared/postgres/prepare-database.ts';
import { tlsOf } from '#shared/postgres/trust.ts';
import type { preparationConfig } from './config.ts';

type Config = ReturnType<typeof preparationConfig>;

/**
 * Creates a service's database and its roles `shop_<name>`, `shop_<name>_owner` and, for lists, `shop_<name>_reader`.
 * @throws Error for a database that no server of this stage has
 */
export async function prepare(config: Config, database: string): Promise<{ database: string }> {
  const { host, port, master } = serverOf(config, database);
  const { username, password } = await credentialsOf(secretOf(config, master));
  const asMaster = (name: string) =>
    postgres({
      host,
      port,
      database: name,
      user: username,
      password: async () => password,
      tls: tlsOf(config),
      caFile: config.DATABASE_CA_FILE,
      maxConnections: 1,
      prepareStatements: false,
    });
  const role = `shop_${database}`;
  const reader = config.DATABASE_READER_NAMES.includes(database) ? `${role}_reader` : undefined;
  const roles = { database, owner: `${role}_owner`, role, reader };
  await prepareDatabase(asMaster, roles, await passwordsOf(config, database));
  return { database };
}

/** The server of a database, and the name of its master's secret. */
function serverOf(config: Config, database: string): { host: string; port: number; master: string } {
  if (config.DATABASE_USERS_NAMES.includes(database))
    return { host: config.DATABASE_USERS_HOST, port: config.DATABASE_USERS_PORT, master: 'users-admin' };
  if (config.DATABASE_ORDERS_NAMES.includes(database))
    return { host: config.DATABASE_ORDERS_HOST, port: config.DATABASE_ORDERS_PORT, master: 'orders-admin' };
  throw new Error(`No server of this stage has the database ${database}`);
}

async function passwordsOf(config: Config, database: string): Promise<RolePasswords | undefined> {
  if (config.DATABASE_AUTH === 'iam') return undefined;
  const [owner, service] = await Promise.all([
    passwordOf(secretOf(config, `${database}-owner`)),
    passwordOf(secretOf(config, database)),
  ]);
  return { owner, service };
}

const secretOf = ({ PROJECT, STAGE }: Config, name: string): string => `${PROJECT}/${STAGE}/db/${name}`;
