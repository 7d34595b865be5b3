import { randomInt } from 'node:crypto';
import { Signer } from '@aws-sdk/rds-signer';
import * as z from 'zod';
import type { databaseReaderSettings, databaseSettings } from '../config.ts';
import { readSecret } from '../secrets.ts';
import { type Database, postgres, type Queryable, sqlState } from './database.ts';
import { tlsOf } from './trust.ts';

/** A service's database settings, as parsed by `readConfig`. */
export type DatabaseConfig = z.output<z.ZodObject<typeof databaseSettings>>;
/** The same for a service that reads lists from replicas. */
export type ReaderConfig = DatabaseConfig & z.output<z.ZodObject<typeof databaseReaderSettings>>;

/** More connections per process do not make PostgreSQL faster on few cores. */
const maxPooledConnections = 4;

const credentials = z.object({ username: z.string(), password: z.string().min(1) });

/**
 * Connects to the service's database with the password from its secret, or with a token for RDS Proxy's IAM
 * authentication. One connection where a process serves one invocation at a time, a pool where it serves several.
 */
export function connect(config: DatabaseConfig): Database {
  return postgres({
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    user: config.DATABASE_USER,
    password: config.DATABASE_AUTH === 'iam' ? iamToken(config) : () => passwordOf(config.DATABASE_SECRET_ID),
    tls: tlsOf(config),
    caFile: config.DATABASE_CA_FILE,
    // IAM authentication means RDS Proxy.
    prepareStatements: config.DATABASE_AUTH === 'password',
    maxConnections: Math.min(config.AWS_LAMBDA_MAX_CONCURRENCY, maxPooledConnections),
  });
}

/** Read-only databases with the same rows. */
export type Replicas = Queryable & { end(): Promise<void> };

/**
 * Connects to the replicas, or to the proxy in a stage without replicas, as a role that can only read. Recent writes may
 * be missing. Each process starts with a random host and switches when one is unavailable or full. It opens at most two
 * connections per host: the role's limit (migrate.ts) keeps lists from using up a replica's connections.
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
          if (left === 1 || !isUnavailable(error)) throw error;
          turn++;
        }
      }
    },
    end: async () => {
      await Promise.all(replicas.map((replica) => replica.end()));
    },
  };
}

/** No response, or SQLSTATE 08… (connection), 53… (full), 57P… (shutting down), 40001 (conflict with replay). */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(08|53|57P|40001)/.test(state);
}

/** User and password in a database secret. @throws ZodError if the secret has another form */
export async function credentialsOf(secretId: string): Promise<z.output<typeof credentials>> {
  const value = await readSecret(secretId, { fresh: true });
  return credentials.parse(JSON.parse(value ?? '{}'));
}

/** The password in a database secret. @throws ZodError if the secret has another form */
export const passwordOf = async (secretId: string): Promise<string> =>
  (await credentialsOf(secretId)).password;

/** A token is valid for 15 minutes, for opening a connection only (RDS, "IAM database authentication"). */
function iamToken(config: DatabaseConfig): () => Promise<string> {
  const signer = new Signer({
    hostname: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    username: config.DATABASE_USER,
    region: config.AWS_REGION,
  });
  return () => signer.getAuthToken();
}
