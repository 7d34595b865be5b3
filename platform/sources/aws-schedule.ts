import { Cron } from 'croner';

/** The next time, in whole minutes UTC, after the given one; undefined when there is none. */
export type NextRun = (after: Date) => Date | undefined;

const unitsMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses a schedule expression of EventBridge: `rate(5 minutes)`, counted from `createdAt`, or `cron(…)` with six
 * fields — minutes, hours, day of month, month, day of week (1 is Sunday), year — and `?`, `L`, `W` and `#`
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html).
 * @throws on an expression that EventBridge rejects
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
  const pattern = [
    '0',
    stepped(minutes, 59),
    stepped(hours, 23),
    any(stepped(lastDay(dayOfMonth), 31)),
    stepped(month, 12),
    any(stepped(weekday(dayOfWeek), 7)),
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

/** croner supports `LW`, the last weekday of the month, but not `L-3`. */
function lastDay(field: string): string {
  if (/^L-\d+$/.test(field)) throw new Error(`${field}: a day before the last of the month is not supported`);
  return field;
}

const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Converts day numbers to names, since 1 is Sunday on AWS and Monday in croner; `6L` is the last Friday, `L` Saturday. */
function weekday(field: string): string {
  if (field === 'L') return 'SAT';
  return field.replace(/(\d)(#\d|L)?/g, (whole, day: string, rest = '', at: number) => {
    if (field[at - 1] === '/' || field[at - 1] === '#') return whole; // a step or an ordinal, not a day
    const name = dayNames[Number(day) - 1];
    if (name === undefined) throw new Error(`${field}: days of the week are 1 to 7`);
    return rest === 'L' ? `${name}#L` : `${name}${rest}`;
  });
}
