/** Answers with what it received, or throws when told to, so that the caller sees how a failure looks. */
export async function handler(event: { fail?: string }): Promise<unknown> {
  if (event.fail) throw new RangeError(event.fail);
  return { received: event };
}
