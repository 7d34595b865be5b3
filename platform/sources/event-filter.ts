import type { FilterPattern } from '../../build/deployment.ts';

/**
 * Whether an event matches one of a stream mapping's filter patterns; without patterns every event matches. A pattern
 * lists the accepted values of fields (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
 */
export function passesFilter(patterns: readonly FilterPattern[], event: unknown): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(pattern, event));
}

function matches(pattern: FilterPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const field = (event as Record<string, unknown> | undefined)?.[key];
    return Array.isArray(wanted) ? wanted.some((value) => value === field) : matches(wanted, field);
  });
}
