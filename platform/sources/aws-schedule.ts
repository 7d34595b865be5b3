import { Cron } from 'croner';

/** The next time, in whole minutes UTC, after the given one; undefined when there is none. */
export type NextRun = (after: Date) => Date | undefined;

const unitsMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses a schedule expression of EventBridge: `rate(5 minutes)`, counted from `createdAt`, or `cron(…)` with six
 * fields: minutes, hours, day of month, month, day of week by name, year
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html).
 * @throws on an expression that EventBridge rejects, and on `L`, `W`, `#` and days of the week by number
 */
export function nextRunOf(expression: string, createdAt: Date): NextRun {
  const [, kind, fields = ''] = /^(rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rate(fields, expression, createdAt);
  if (kind === 'cron') return cron(fields, expression);
  throw new Error(`${expression} is neither rate(…) nor cron(…)`);
}

function rate(fields: string, expression: string, createdAt: Date): NextRun {
  const [, count = '', unit = '', plural = ''] = /^(\d+) (minute|hour|day)(s?)$/.exec(fields.trim()) ?? [];
  const value = Number(count);
  if (!(value >= 1) || (value === 1) === (plural === 's')) {
    throw new Error(`${expression}: a rate is a positive number and its unit, singular for 1`);
  }
  const periodMs = value * (unitsMs[unit] as number);
  const start = createdAt.getTime();
  return (after) => {
    const periods = Math.floor((after.getTime() - start) / periodMs) + 1;
    return new Date(start + Math.max(1, periods) * periodMs);
  };
}

function cron(fields: string, expression: string): NextRun {
  const parts = fields.trim().split(/\s+/);
  if (parts.length !== 6) throw new Error(`${expression}: six fields are needed`);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error(`${expression}: one of day of month and day of week must be ?, and only one`);
  }
  if (!/^(\?|[\d*,/-]+)$/.test(dayOfMonth) || !/^(\?|\*|[A-Z]{3}([,-][A-Z]{3})*)$/.test(dayOfWeek))
    throw new Error(`${expression}: L, W, # and days of the week by number are not supported`);
  const pattern = [
    '0',
    stepped(minutes, 59),
    stepped(hours, 23),
    any(stepped(dayOfMonth, 31)),
    stepped(month, 12),
    any(dayOfWeek),
    stepped(year, 2199),
  ].join(' ');
  const job = new Cron(pattern, { timezone: 'UTC', mode: '7-part', paused: true });
  return (after) => job.nextRun(after) ?? undefined;
}

/** `0/10` runs from 0 to the end of the field, which croner requires explicitly. */
function stepped(field: string, last: number): string {
  return field.replace(/(^|,)(\d+)\//g, `$1$2-${last}/`);
}

const any = (field: string) => (field === '?' ? '*' : field);
