import { tableDefinitions } from './engines.ts';

/** Unix seconds of this century; a time in milliseconds is far beyond. */
const plausibleSeconds = { min: 946_684_800, max: 4_102_444_800 };

/**
 * The time at which DynamoDB deletes an item, read from the TTL attribute that the compiled table declares; undefined
 * if the item never expires. @throws if the table declares no TTL or the attribute is not a time in whole seconds
 */
export async function expiryOf(tableName: string, item: object | undefined): Promise<Date | undefined> {
  if (item === undefined) throw new Error(`there is no such item in ${tableName}`);
  const { TimeToLiveSpecification: timeToLive } = (await tableDefinitions())[tableName] ?? {};
  if (!timeToLive?.Enabled) throw new Error(`${tableName} declares no time to live`);
  const value = (item as Record<string, unknown>)[timeToLive.AttributeName];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < plausibleSeconds.min || seconds > plausibleSeconds.max)
    throw new Error(`${timeToLive.AttributeName} of ${tableName} is not a time in seconds: ${value}`);
  return new Date(seconds * 1000);
}
