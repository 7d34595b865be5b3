/** Returns what it received, or throws a requested error. */
export async function handler(event: { fail?: string }): Promise<unknown> {
  if (event.fail) throw new RangeError(event.fail);
  return { received: event };
}
