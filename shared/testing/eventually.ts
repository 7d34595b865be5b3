/**
 * Calls `look` until it does not throw, and returns its result. After `withinMs` it throws the last error. Used instead
 * of a sleep: it ends as soon as the condition holds.
 */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
