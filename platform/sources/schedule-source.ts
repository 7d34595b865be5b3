import { randomUUID } from 'node:crypto';
import type { EventBridgeEvent } from 'aws-lambda';
import type { ScheduleSpec } from '../../build/deployment.ts';
import { functionNameOf } from '../host/invoke.ts';
import type { AsyncEvents } from './async-events.ts';
import { type NextRun, nextRunOf } from './aws-schedule.ts';
import type { Source } from './source.ts';

/** The longest wait of one timer; a later rule is scheduled again after it. */
const maxTimerMs = 12 * 60 * 60 * 1_000;

/** The event of a scheduled rule without an input of its own. */
export function scheduledEvent(
  schedule: ScheduleSpec,
  time: Date,
  region: string,
  accountId: string,
): EventBridgeEvent<'Scheduled Event', object> {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: `${time.toISOString().slice(0, 16)}:00Z`,
    region,
    resources: [schedule.ruleArn],
    detail: {},
  };
}

type Schedules = Source & {
  /** Runs the rules of a function now; returns their number. */
  runNow: (functionName: string) => number;
  next: () => { ruleName: string; functionName: string; at: string | null }[];
};

/**
 * EventBridge's scheduled rules. Runs missed while the platform was down are skipped, as EventBridge skips those of a
 * disabled rule.
 */
export function schedules(options: {
  schedules: readonly ScheduleSpec[];
  region: string;
  accountId: string;
  events: AsyncEvents;
  now?: () => Date;
}): Schedules {
  const { events, now = () => new Date() } = options;
  const startedAt = now();
  const timers = new Map<ScheduleSpec, NodeJS.Timeout>();
  const rules = options.schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) => ({ schedule, nextRun: nextRunOf(schedule.expression, startedAt) }));

  const fire = (schedule: ScheduleSpec, time: Date) => {
    const event = scheduledEvent(schedule, time, options.region, options.accountId);
    events.accept(functionNameOf(schedule.functionArn), schedule.input ?? JSON.stringify(event));
  };

  const arm = (schedule: ScheduleSpec, nextRun: NextRun, after: Date) => {
    const at = nextRun(after);
    if (at === undefined) return;
    const waitMs = at.getTime() - now().getTime();
    const timer = setTimeout(
      () => {
        if (waitMs > maxTimerMs) return arm(schedule, nextRun, now());
        fire(schedule, at);
        // From the scheduled time: a timer may fire early and must not run the same minute twice.
        arm(schedule, nextRun, new Date(Math.max(at.getTime(), now().getTime())));
      },
      Math.min(waitMs, maxTimerMs),
    );
    timers.set(schedule, timer);
  };

  for (const { schedule, nextRun } of rules) arm(schedule, nextRun, startedAt);
  return {
    runNow(functionName) {
      const own = options.schedules.filter(({ functionArn }) => functionNameOf(functionArn) === functionName);
      for (const schedule of own) fire(schedule, now());
      return own.length;
    },
    next: () =>
      rules.map(({ schedule, nextRun }) => ({
        ruleName: schedule.ruleName,
        functionName: functionNameOf(schedule.functionArn),
        at: nextRun(now())?.toISOString() ?? null,
      })),
    async stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
