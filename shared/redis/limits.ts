import type { Cluster, Redis } from 'ioredis';
import {
  type AttemptResult,
  type Begun,
  type FailureLimit,
  type LimitStore,
  placeMs,
  type RequestLimit,
  secondsUntil,
  type Taken,
} from '../limits/limits.ts';
import { partitionKey } from '../limits/partition.ts';
import { type RedisAddress, redisConnection } from './client.ts';

/** A request waits for the connection and its commands, but not longer than counting in PostgreSQL takes on a bad day. */
const options = { commandTimeout: 500, connectTimeout: 500, enableOfflineQueue: true };

/**
 * Limits in Redis: one hash per partition, changed by scripts, which Redis runs one after the other (Redis documentation,
 * "Scripting with Lua": atomic execution). Each script uses one key, so a cluster needs no hash tags. Times are ms since 1970.
 */
export function redisLimits(address: RedisAddress, prefix: string): LimitStore & { end(): Promise<void> } {
  const { client, end } = redisConnection(address, options);
  const keyOf = (limit: RequestLimit, partition: string) =>
    `${prefix}${partitionKey(limit.name, partition).toString('base64url')}`;
  return {
    take: async (limit, partition, now) => take(await client(), limit, keyOf(limit, partition), now),
    begin: async (limit, partition, now) => begin(await client(), limit, keyOf(limit, partition), now),
    end,
  };
}

const takeScript = `
local now, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = redis.call('HMGET', KEYS[1], 'used', 'endsAt')
local used, endsAt = tonumber(stored[1]) or 0, tonumber(stored[2]) or 0
if endsAt <= now then used, endsAt = 0, now + window end
if used < limit then
  redis.call('HSET', KEYS[1], 'used', used + 1, 'endsAt', string.format('%.0f', endsAt))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', endsAt - now))
end
return { used + 1, endsAt }`;

async function take(
  redis: Redis | Cluster,
  { limit, windowSeconds }: RequestLimit,
  key: string,
  now: Date,
): Promise<Taken> {
  const args = [now.getTime(), limit, windowSeconds * 1000];
  const [used, endsAt] = (await redis.eval(takeScript, 1, key, ...args)) as [number, number];
  return {
    allowed: used <= limit,
    remaining: Math.max(0, limit - used),
    resetSeconds: secondsUntil(endsAt, now),
  };
}

/** Reads what still counts at a time: common to the scripts of attempts. */
const readAttempts = `
local now = tonumber(ARGV[1])
local stored = redis.call('HMGET', KEYS[1], 'failures', 'pending', 'pendingUntil', 'blockedUntil', 'forgottenAt')
local failures, pending = tonumber(stored[1]) or 0, tonumber(stored[2]) or 0
local pendingUntil, blockedUntil, forgottenAt = tonumber(stored[3]) or 0, tonumber(stored[4]) or 0, tonumber(stored[5]) or 0
if forgottenAt <= now then failures = 0 end
if pendingUntil <= now then pending = 0 end
local function write()
  redis.call('HSET', KEYS[1], 'failures', failures, 'pending', pending, 'pendingUntil', string.format('%.0f', pendingUntil),
    'blockedUntil', string.format('%.0f', blockedUntil), 'forgottenAt', string.format('%.0f', forgottenAt))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(pendingUntil, forgottenAt, now + 1) - now))
end`;

/** Returns 0 if the attempt has begun, 1 if the partition is busy, or the time until which it is blocked. */
const beginScript = `${readAttempts}
local limit, place = tonumber(ARGV[2]), tonumber(ARGV[3])
if blockedUntil > now then return blockedUntil end
if failures + pending >= limit and pending > 0 then return 1 end
pending, pendingUntil = pending + 1, now + place
write()
return 0`;

const endScript = `${readAttempts}
local result, limit, window = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local firstDelay, maxDelay, resetBySuccess = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
pending = math.max(pending - 1, 0)
if result == 'succeeded' and resetBySuccess then failures = 0 end
if result == 'failed' then
  failures, forgottenAt = failures + 1, now + window
  if failures >= limit then blockedUntil = now + math.min(maxDelay, firstDelay * 2 ^ (failures - limit)) end
end
write()
return 0`;

async function begin(redis: Redis | Cluster, limit: FailureLimit, key: string, now: Date): Promise<Begun> {
  const result = Number(await redis.eval(beginScript, 1, key, now.getTime(), limit.limit, placeMs));
  if (result === 0)
    return { kind: 'begun', end: (attempt, at) => endAttempt(redis, limit, key, attempt, at) };
  return result === 1 ? { kind: 'busy' } : { kind: 'blocked', seconds: secondsUntil(result, now) };
}

async function endAttempt(
  redis: Redis | Cluster,
  limit: FailureLimit,
  key: string,
  result: AttemptResult,
  now: Date,
): Promise<void> {
  const seconds = [limit.windowSeconds, limit.firstDelaySeconds, limit.maxDelaySeconds];
  const milliseconds = seconds.map((each) => each * 1000);
  const reset = limit.resetBySuccess ? '1' : '0';
  await redis.eval(endScript, 1, key, now.getTime(), result, limit.limit, ...milliseconds, reset);
}
