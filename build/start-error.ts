/**
 * Something outside the platform keeps it from starting. The message is one line that says what to do; it is shown
 * to the person at the terminal as it is, without a stack.
 */
export class StartError extends Error {
  override name = 'StartError';
}
