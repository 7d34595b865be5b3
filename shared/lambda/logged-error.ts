/**
 * What a log says of an error: its words, where it came from, and what it is called. Nothing else of it: drivers and
 * SDKs hang rows, addresses and client secrets on their errors (`detail` of PostgreSQL, `raw` of Stripe).
 */
export function loggedError(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    name,
    message,
    stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(cause instanceof Error ? { cause } : {}),
    ...(error instanceof AggregateError ? { errors: error.errors } : {}),
  };
}
