import type { Cluster, Redis } from 'ioredis';
import { logger } from '../lambda/telemetry.ts';
import { type RedisAddress, redisConnection } from '../redis/client.ts';
import type { CachedText, SharedTier } from './cache.ts';

/** The cache must never delay a request longer than a load does: no request waits for the connection to be established. */
const options = { commandTimeout: 100, connectTimeout: 1_000, enableOfflineQueue: false };

/** Redis as the shared tier of a cache. A value is the time until which it is valid, in ms since 1970, a line break, and the text. */
export function redisTier(address: RedisAddress, prefix: string): SharedTier & { end(): Promise<void> } {
  const { client, end } = redisConnection(address, options);
  return {
    get: async (key) => {
      const value = await attempt(client, (redis) => redis.get(`${prefix}${key}`));
      return value == null ? undefined : parse(value);
    },
    set: async (key, { text, expiresAt }, ttlMs) => {
      const value = `${expiresAt}${separator}${text}`;
      await attempt(client, (redis) => redis.set(`${prefix}${key}`, value, 'PX', Math.ceil(ttlMs)));
    },
    end,
  };
}

const separator = '\n';

function parse(value: string): CachedText {
  const end = value.indexOf(separator);
  return { text: value.slice(end + 1), expiresAt: Number(value.slice(0, end)) };
}

async function attempt<T>(
  client: () => Promise<Redis | Cluster>,
  command: (client: Pick<Redis, 'get' | 'set'>) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await command(await client());
  } catch (error) {
    logger.debug('cache unavailable, bypassing', { error: error as Error });
    return undefined;
  }
}
