import * as z from 'zod';

/** Other figures for the limits whose name a pattern matches: `*` stands for any characters. */
type Override = { pattern: RegExp; limit: number; windowSeconds: number };

const form = /^([a-z*-]+)=(\d{1,9})\/(\d{1,6})$/;

/** Overrides as an environment variable has them: `login-client=30/60,*-network=500/300`, requests per seconds. */
export const limitOverrides = z
  .string()
  .default('')
  .transform((text, context): Override[] =>
    text
      .split(',')
      .filter((part) => part.trim() !== '')
      .flatMap((part) => {
        const [, pattern, limit, windowSeconds] = form.exec(part.trim()) ?? [];
        if (pattern === undefined || Number(limit) < 1 || Number(windowSeconds) < 1) {
          context.addIssue({ code: 'custom', message: `${part} must be a name and limit/seconds` });
          return [];
        }
        const escaped = pattern.replaceAll('*', '.*');
        return [
          { pattern: new RegExp(`^${escaped}$`), limit: Number(limit), windowSeconds: Number(windowSeconds) },
        ];
      }),
  );

/**
 * Limits with their names and what the configuration overrides; the last override that matches counts.
 * @throws Error for an override that matches no limit
 */
export function named<Limit extends { limit: number; windowSeconds: number }, Name extends string>(
  table: Record<Name, Limit>,
  overrides: readonly Override[],
): Record<Name, Limit & { name: Name }> {
  const names = Object.keys(table) as Name[];
  const unused = overrides.find(({ pattern }) => !names.some((name) => pattern.test(name)));
  if (unused !== undefined) throw new Error(`RATE_LIMITS: no limit is named ${unused.pattern.source}`);
  return Object.fromEntries(
    names.map((name) => {
      const override = overrides.findLast(({ pattern }) => pattern.test(name));
      const figures = override && { limit: override.limit, windowSeconds: override.windowSeconds };
      return [name, { ...table[name], ...figures, name }];
    }),
  ) as Record<Name, Limit & { name: Name }>;
}
