import type { Cluster, Redis } from 'ioredis';
import * as z from 'zod';
import { logger } from '../lambda/telemetry.ts';
import { readSecret } from '../secrets.ts';
import type { CachedText, SharedTier } from './cache.ts';

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

/** Redis as the shared tier of a cache. A value is the time until which it is valid, in ms since 1970, a line break, and the text. */
export function redisTier(address: RedisAddress, prefix: string): SharedTier & { end(): Promise<void> } {
  let connecting: Promise<Redis | Cluster> | undefined;
  const client = () => {
    connecting ??= connect(address).catch((error: unknown) => {
      connecting = undefined; // The next request connects again.
      throw error;
    });
    return connecting;
  };
  return {
    get: async (key) => {
      const value = await attempt(client, (redis) => redis.get(`${prefix}${key}`));
      return value == null ? undefined : parse(value);
    },
    set: async (key, { text, expiresAt }, ttlMs) => {
      const value = `${expiresAt}${separator}${text}`;
      await attempt(client, (redis) => redis.set(`${prefix}${key}`, value, 'PX', Math.ceil(ttlMs)));
    },
    end: async () => {
      (await connecting)?.disconnect();
    },
  };
}

const separator = '\n';

function parse(value: string): CachedText {
  const end = value.indexOf(separator);
  return { text: value.slice(end + 1), expiresAt: Number(value.slice(0, end)) };
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
