import { type Database, type DatabaseOptions, postgres, sqlState } from '#shared/postgres/database.ts';
import { scramVerifier } from '#shared/postgres/scram.ts';
import type { Login } from './master-secret.ts';

/** The servers whose masters are rotated. */
export type Server = {
  /** Whether the login opens the server. @throws what the server says beside a refused password */
  admits(login: Login): Promise<boolean>;
  /** Gives the master another password. */
  changePassword(login: Login, password: string): Promise<void>;
};

/** SQLSTATE invalid_password, and invalid_authorization_specification of other refusals to sign in. */
const refusals = ['28P01', '28000'];

/** PostgreSQL servers of known hosts. @throws Error for any other: a password is sent to no other host */
export function servers(hosts: readonly string[], trust: Pick<DatabaseOptions, 'tls' | 'caFile'>): Server {
  const as = async <T>(login: Login, work: (database: Database) => Promise<T>): Promise<T> => {
    const { host, port, username: user, password } = login;
    if (!hosts.includes(host)) throw new Error(`${host} is not a server of this stage`);
    const database = postgres({
      host,
      port,
      user,
      database: 'postgres',
      password: async () => password,
      ...trust,
      maxConnections: 1,
      prepareStatements: false,
    });
    try {
      return await work(database);
    } finally {
      await database.end();
    }
  };
  return {
    admits: async (login) => {
      try {
        await as(login, (database) => database.query('SELECT 1'));
        return true;
      } catch (error) {
        if (refusals.includes(sqlState(error) ?? '')) return false;
        throw error;
      }
    },
    changePassword: (login, password) =>
      as(login, async (database) => {
        const [change] = await database.query<{ statement: string }>(
          `SELECT format('ALTER ROLE %I PASSWORD %L', current_user, $1::text) AS statement`,
          [scramVerifier(password)],
        );
        await database.query(change?.statement ?? '');
      }),
  };
}
