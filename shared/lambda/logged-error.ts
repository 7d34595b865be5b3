/**
 * What is logged of an error: name, message, stack, code and cause. Nothing else, since drivers and SDKs attach rows,
 * addresses and client secrets to their errors (`detail` of PostgreSQL, `raw` of Stripe).
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
