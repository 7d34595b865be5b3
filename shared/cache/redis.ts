import type { Cluster, Redis } from 'ioredis';
import * as z from 'zod';
import { logger } from '../lambda/telemetry.ts';
import { readSecret } from '../secrets.ts';
import type { Cache } from './cache.ts';

/** A cache must never make a request slower than doing without it. */
const commandTimeoutMs = 100;
const connectTimeoutMs = 1_000;

/** Where Redis is: a server of one's own, or a cluster of ElastiCache, which has TLS and asks for a token. */
export type RedisAddress = { host: string; port: number } & (
  | { mode: 'single' }
  | { mode: 'cluster'; secretId: string }
);

/** The part of a Redis client that the cache uses. */
type Client = Pick<Redis, 'get' | 'set'>;

/** A cache in Redis, shared by all functions; while Redis is away every answer is made anew. */
export function redisCache(address: RedisAddress, prefix: string): Cache & { end(): Promise<void> } {
  let connecting: Promise<Redis | Cluster> | undefined;
  const client = () => {
    connecting ??= connect(address).catch((error: unknown) => {
      connecting = undefined; // the next request tries again
      throw error;
    });
    return connecting;
  };
  return {
    remember: async (key, ttlMs, make) => {
      const name = `${prefix}${key}`;
      const kept = await attempt(client, (redis) => redis.get(name));
      if (kept != null) return kept;
      const text = await make();
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

/** Loaded only where a Redis is configured. Nobody waits for the connection: until it stands, answers are made anew. */
async function connect(address: RedisAddress): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import('ioredis');
  const { host, port } = address;
  const redis =
    address.mode === 'single'
      ? // Commands fail at once while the connection is down, instead of waiting for it.
        new Redis({ ...connection, host, port, enableOfflineQueue: false })
      : new Cluster([{ host, port }], {
          enableOfflineQueue: false,
          // The nodes' certificates are for their names; resolved to addresses they would not match.
          dnsLookup: (name, found) => found(null, name),
          redisOptions: { ...connection, password: await tokenOf(address.secretId), tls: {} },
        });
  redis.on('error', (error: Error) => logger.warn('redis does not answer', { error }));
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
    logger.debug('cache passed by', { error: error as Error });
    return undefined;
  }
}
