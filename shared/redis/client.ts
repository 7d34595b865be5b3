import type { Cluster, Redis } from 'ioredis';
import * as z from 'zod';
import { logger } from '../lambda/telemetry.ts';
import { readSecret } from '../secrets.ts';

/** A single server, or an ElastiCache cluster with TLS and a token. */
export type RedisAddress = { host: string; port: number } & (
  | { mode: 'single' }
  | { mode: 'cluster'; secretId: string }
);

/** The address in a service's settings; undefined if there is no Redis. */
export const redisAddressOf = (config: {
  REDIS_HOST: string;
  REDIS_PORT: number;
  REDIS_MODE: 'single' | 'cluster';
  REDIS_SECRET_ID: string;
}): RedisAddress | undefined =>
  config.REDIS_HOST === 'none'
    ? undefined
    : {
        host: config.REDIS_HOST,
        port: config.REDIS_PORT,
        mode: config.REDIS_MODE,
        secretId: config.REDIS_SECRET_ID,
      };

/** What a user of Redis decides: how long it waits, and whether commands wait for the connection. */
export type ConnectionOptions = {
  commandTimeout: number;
  connectTimeout: number;
  enableOfflineQueue: boolean;
};

/** A connection that is made at first use, and again after it could not be made. */
export type RedisConnection = { client(): Promise<Redis | Cluster>; end(): Promise<void> };

/** See {@link RedisConnection}. A command is sent once; what fails is the caller's to handle. */
export function redisConnection(address: RedisAddress, options: ConnectionOptions): RedisConnection {
  let connecting: Promise<Redis | Cluster> | undefined;
  return {
    client: () => {
      connecting ??= connect(address, options).catch((error: unknown) => {
        connecting = undefined; // The next request connects again.
        throw error;
      });
      return connecting;
    },
    end: async () => {
      (await connecting)?.disconnect();
    },
  };
}

/** Imports ioredis only where Redis is configured. */
async function connect(address: RedisAddress, given: ConnectionOptions): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import('ioredis');
  const options = { ...given, maxRetriesPerRequest: 0 };
  const { host, port } = address;
  const redis =
    address.mode === 'single'
      ? new Redis({ ...options, host, port })
      : new Cluster([{ host, port }], {
          enableOfflineQueue: options.enableOfflineQueue,
          // The certificates are for the nodes' names, so names must not be resolved to addresses.
          dnsLookup: (name, found) => found(null, name),
          redisOptions: { ...options, password: await tokenOf(address.secretId), tls: {} },
        });
  const warn = (error: Error) => logger.warn('redis connection failed', { error });
  redis.on('error', warn);
  // The reason why a node of a cluster cannot be used: `error` only says that none can.
  redis.on('node error', warn);
  return redis;
}

const token = z.object({ token: z.string().min(1) });

async function tokenOf(secretId: string): Promise<string> {
  return token.parse(JSON.parse((await readSecret(secretId, { fresh: true })) ?? '{}')).token;
}
