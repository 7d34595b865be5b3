/**
 * Waits until `look` answers without throwing and hands on what it answered. After `withinMs` its last error is
 * thrown. In the place of a sleep: it ends as soon as the thing is true.
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
