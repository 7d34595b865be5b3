import * as z from 'zod';

type Figures = { limit: number; windowSeconds: number };

/** Other figures for the limits whose name a pattern matches: `*` stands for any characters. */
export type Override = Figures & { pattern: RegExp };

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
          context.addIssue({ code: 'custom', message: `${part}: must be like login-client=30/60` });
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
export function named<Table extends Record<string, Figures>>(
  table: Table,
  overrides: readonly Override[],
): { [Name in keyof Table]: Table[Name] & { name: Name } } {
  const names = Object.keys(table);
  const unused = overrides.find(({ pattern }) => !names.some((name) => pattern.test(name)));
  if (unused !== undefined) throw new Error(`RATE_LIMITS: no limit is named ${unused.pattern.source}`);
  const entries = names.map((name) => {
    const override = overrides.findLast(({ pattern }) => pattern.test(name));
    const { limit, windowSeconds } = override ?? table[name]!;
    return [name, { ...table[name], limit, windowSeconds, name }];
  });
  return Object.fromEntries(entries) as { [Name in keyof Table]: Table[Name] & { name: Name } };
}
