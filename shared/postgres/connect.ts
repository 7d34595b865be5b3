import { randomInt } from 'node:crypto';
import { Signer } from '@aws-sdk/rds-signer';
import * as z from 'zod';
import type { databaseReaderSettings, databaseSettings } from '../config.ts';
import { readSecret } from '../secrets.ts';
import { type Database, postgres, type Queryable, sqlState } from './database.ts';

/** A service's settings of its database, as `readConfig` parsed them. */
export type DatabaseConfig = z.output<z.ZodObject<typeof databaseSettings>>;
/** The same, of a service that reads lists elsewhere. */
export type ReaderConfig = DatabaseConfig & z.output<z.ZodObject<typeof databaseReaderSettings>>;

/** Where one process serves many invocations, more connections than this do not make PostgreSQL faster on few cores. */
const maxPooledConnections = 4;

const credentials = z.object({ username: z.string(), password: z.string().min(1) });

/**
 * The service's database by its settings: the password of its secret, or a token for RDS Proxy's IAM
 * authentication. One connection where a process serves one invocation at a time, a pool where it serves many.
 */
export function connect(config: DatabaseConfig): Database {
  return postgres({
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    user: config.DATABASE_USER,
    password: config.DATABASE_AUTH === 'iam' ? iamToken(config) : () => passwordOf(config.DATABASE_SECRET_ID),
    tls: config.DATABASE_AUTH === 'iam' ? 'verify-full' : config.DATABASE_TLS,
    caFile: config.DATABASE_CA_FILE,
    // IAM authentication is the proxy's.
    keepPlans: config.DATABASE_AUTH === 'password',
    maxConnections: Math.min(config.AWS_LAMBDA_MAX_CONCURRENCY, maxPooledConnections),
  });
}

/** Databases with the same rows, which can only be read. */
export type Replicas = Queryable & { end(): Promise<void> };

/**
 * Where lists are read: the replicas, or the proxy in a stage without one, as a role that can only read. What was
 * written a moment ago may not be there yet. Each process begins with any of the hosts and moves on when one is
 * away or full. It takes one connection or two of each: the role's limit (migrate.ts) keeps lists from crowding out
 * what keeps a replica alive.
 */
export function connectReader(config: ReaderConfig): Replicas {
  const replicas = config.DATABASE_READ_HOSTS.map((host) =>
    connect({
      ...config,
      DATABASE_HOST: host,
      DATABASE_USER: config.DATABASE_READER,
      AWS_LAMBDA_MAX_CONCURRENCY: Math.min(config.AWS_LAMBDA_MAX_CONCURRENCY, 2),
    }),
  );
  let turn = randomInt(replicas.length);
  return {
    query: async (statement, parameters) => {
      for (let left = replicas.length; ; left--) {
        const replica = replicas[turn % replicas.length] as Database;
        try {
          return await replica.query(statement, parameters);
        } catch (error) {
          if (left === 1 || !isAway(error)) throw error;
          turn++;
        }
      }
    },
    end: async () => {
      await Promise.all(replicas.map((replica) => replica.end()));
    },
  };
}

/** No answer at all, or SQLSTATE 08… (connection), 53… (full), 57P… (shutting down), 40001 (in the way of replay). */
function isAway(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(08|53|57P|40001)/.test(state);
}

/** User and password in a database secret. @throws Error if the secret has no value of that form */
export async function credentialsOf(secretId: string): Promise<z.output<typeof credentials>> {
  const value = await readSecret(secretId, { fresh: true });
  return credentials.parse(JSON.parse(value ?? '{}'));
}

/** The password in a database secret. @throws Error if the secret has no value of that form */
export const passwordOf = async (secretId: string): Promise<string> =>
  (await credentialsOf(secretId)).password;

/** A token is good for 15 minutes, for opening a connection only (RDS, "IAM database authentication"). */
function iamToken(config: DatabaseConfig): () => Promise<string> {
  const signer = new Signer({
    hostname: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    username: config.DATABASE_USER,
    region: config.AWS_REGION,
  });
  return () => signer.getAuthToken();
}
