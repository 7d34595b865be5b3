import type { Json } from '../deployment.ts';

/** What a condition reads from its stack. */
export type ConditionScope = {
  named: (name: string) => boolean;
  text: (value: Json) => string;
  fail: (problem: string) => Error;
};

/** Whether a condition holds: Fn::Equals, Fn::And, Fn::Or, Fn::Not, and `Condition` for one with a name. */
export function conditionValue(definition: Json, scope: ConditionScope): boolean {
  const [call, ...more] = Object.entries(definition as Record<string, Json>);
  if (!call || more.length > 0) throw scope.fail('a condition must be one function call');
  const [name, argument] = call;
  if (name === 'Condition') return scope.named(String(argument));
  const items = Array.isArray(argument) ? argument : [];
  const inner = () => items.map((item) => conditionValue(item, scope));
  switch (name) {
    case 'Fn::Equals':
      return scope.text(items[0] ?? '') === scope.text(items[1] ?? '');
    case 'Fn::And':
      return inner().every(Boolean);
    case 'Fn::Or':
      return inner().some(Boolean);
    case 'Fn::Not':
      return !inner()[0];
    default:
      throw scope.fail(`${name} is not a condition function`);
  }
}
