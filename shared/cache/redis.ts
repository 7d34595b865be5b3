import type { Redis } from 'ioredis';
import { logger } from '../lambda/telemetry.ts';
import type { Cache } from './cache.ts';

/** A cache must never make a request slower than doing without it. */
const commandTimeoutMs = 100;
const connectTimeoutMs = 1_000;

/** The part of a Redis client that the cache uses. */
type Client = Pick<Redis, 'get' | 'set'>;

/** A cache in Redis, shared by all functions; while Redis is away every answer is made anew. */
export function redisCache(url: string, prefix: string): Cache & { end(): Promise<void> } {
  let connecting: Promise<Redis> | undefined;
  const client = () => {
    connecting ??= connect(url);
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

/** Loaded only where a Redis is configured. Nobody waits for the connection: until it stands, answers are made anew. */
async function connect(url: string): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // Commands fail at once while the connection is down, instead of waiting for it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', (error: Error) => logger.warn('redis does not answer', { error }));
  return redis;
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
