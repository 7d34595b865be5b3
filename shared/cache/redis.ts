import type { Cluster, Redis } from 'ioredis';
import * as z from 'zod';
import { logger } from '../lambda/telemetry.ts';
import { readSecret } from '../secrets.ts';
import type { Cache } from './cache.ts';

/** The cache must never delay a request longer than a load does. */
const commandTimeoutMs = 100;
const connectTimeoutMs = 1_000;

/** A single server, or an ElastiCache cluster with TLS and a token. */
export type RedisAddress = { host: string; port: number } & (
  | { mode: 'single' }
  | { mode: 'cluster'; secretId: string }
);

/** The part of a Redis client that the cache uses. */
type Client = Pick<Redis, 'get' | 'set'>;

/** A cache in Redis, shared by all functions; while Redis is unavailable, texts are loaded every time. */
export function redisCache(address: RedisAddress, prefix: string): Cache & { end(): Promise<void> } {
  let connecting: Promise<Redis | Cluster> | undefined;
  const client = () => {
    connecting ??= connect(address).catch((error: unknown) => {
      connecting = undefined; // The next request connects again.
      throw error;
    });
    return connecting;
  };
  return {
    getOrLoad: async (key, ttlMs, load) => {
      const name = `${prefix}${key}`;
      const cached = await attempt(client, (redis) => redis.get(name));
      if (cached != null) return cached;
      const text = await load();
      await attempt(client, (redis) => redis.set(name, text, 'PX', ttlMs));
      return text;
    },
    end: async () => {
      (await connecting)?.disconnect();
    },
  };
}

const connection = {
  commandTimeout: commandTimeoutMs,
  connectTimeout: connectTimeoutMs,
  maxRetriesPerRequest: 0,
};

/** Imports ioredis only where Redis is configured. No request waits for the connection to be established. */
async function connect(address: RedisAddress): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import('ioredis');
  const { host, port } = address;
  const redis =
    address.mode === 'single'
      ? // Without a connection, commands fail at once instead of waiting.
        new Redis({ ...connection, host, port, enableOfflineQueue: false })
      : new Cluster([{ host, port }], {
          enableOfflineQueue: false,
          // The certificates are for the nodes' names, so names must not be resolved to addresses.
          dnsLookup: (name, found) => found(null, name),
          redisOptions: { ...connection, password: await tokenOf(address.secretId), tls: {} },
        });
  redis.on('error', (error: Error) => logger.warn('redis connection failed', { error }));
  return redis;
}

const token = z.object({ token: z.string().min(1) });

async function tokenOf(secretId: string): Promise<string> {
  return token.parse(JSON.parse((await readSecret(secretId, { fresh: true })) ?? '{}')).token;
}

async function attempt<T>(
  client: () => Promise<Client>,
  command: (client: Client) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await command(await client());
  } catch (error) {
    logger.debug('cache unavailable, bypassing', { error: error as Error });
    return undefined;
  }
}
