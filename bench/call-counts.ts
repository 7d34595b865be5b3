import { ControlClient } from '../platform/control/control-client.ts';

/** AWS calls since the last reset, by `function service:operation`, as the AWS endpoint counted them. */
export async function callCounts(consoleUrl: string): Promise<Map<string, number>> {
  const { calls } = await new ControlClient(consoleUrl).send('GET /calls');
  const counts = new Map<string, number>();
  for (const { function: name, service, operation, count } of calls) {
    const key = `${name} ${service}:${operation}`;
    // A call that uses several tables is counted once per table: the largest count is the number of calls.
    counts.set(key, Math.max(counts.get(key) ?? 0, count));
  }
  return counts;
}
