import { at, compileTimeoutMs, ofType, type Stage, stageOf, stages } from './stage.ts';

/** When each function is invoked by the clock. */
const schedules = [
  'media-sweep-outbox rate(1 minute)',
  'orders-expire-unpaid-orders rate(1 minute)',
  'orders-relay-outbox rate(1 minute)',
  'payments-relay-outbox rate(1 minute)',
  'products-sweep-outbox rate(1 minute)',
  'reports-build-daily-report cron(0 8 * * ? *)',
  'users-complete-exports rate(1 minute)',
  'users-relay-outbox rate(1 minute)',
  'users-rotate-signing-keys rate(30 days)',
];

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

test('every schedule of every stage runs at its rate, and none is disabled', () => {
  for (const stage of everyStage) {
    const rules = ofType(stage, 'AWS::Events::Rule').filter(
      (rule) => at(rule, 'ScheduleExpression') !== undefined,
    );
    const found = rules.map((rule) => {
      const name = String(at(rule, 'Targets', 0, 'Arn'))
        .split(':function:')[1]
        ?.split(':')[0];
      return `${name?.replace(`shop-`, '').replace(`-${stage.name}-`, '-')} ${at(rule, 'ScheduleExpression')}`;
    });
    expect([stage.name, found.toSorted()]).toEqual([stage.name, schedules]);
    expect(rules.map((rule) => at(rule, 'State'))).toEqual(rules.map(() => 'ENABLED'));
  }
});
