import { pattern } from './pattern.ts';

/** The context of a request, by condition key in lower case; a key may have several values. */
export type ConditionContext = Record<string, string[]>;

type Test = (value: string, wanted: string) => boolean;

/** The operators in use; each compares one value of the request with one of the policy. */
const operators: Record<string, Test> = {
  StringEquals: (value, wanted) => value === wanted,
  StringEqualsIgnoreCase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  StringLike: (value, wanted) => pattern(wanted)(value),
  // These two are equivalent in IAM (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
  ArnEquals: (value, wanted) => pattern(wanted)(value),
  ArnLike: (value, wanted) => pattern(wanted)(value),
  Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: (value, wanted) => Number(value) === Number(wanted),
  NumericLessThan: (value, wanted) => Number(value) < Number(wanted),
  NumericLessThanEquals: (value, wanted) => Number(value) <= Number(wanted),
  NumericGreaterThan: (value, wanted) => Number(value) > Number(wanted),
  NumericGreaterThanEquals: (value, wanted) => Number(value) >= Number(wanted),
};
const negatedOperators: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/**
 * Compiles the conditions of one statement; all of them must hold.
 * @throws TypeError for an unsupported operator: ignoring it could allow what AWS denies
 */
export function compileConditions(
  conditions: Record<string, Record<string, string[]>> = {},
): (context: ConditionContext) => boolean {
  const tests = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => compileOne(operator, key.toLowerCase(), wanted)),
  );
  return (context) => tests.every((test) => test(context));
}

function compileOne(operator: string, key: string, wanted: string[]): (context: ConditionContext) => boolean {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') {
    const mustBeAbsent = wanted[0] === 'true';
    return (context) => (context[key] === undefined) === mustBeAbsent;
  }
  const negated = negatedOperators[name] !== undefined;
  const test = operators[negatedOperators[name] ?? name];
  if (!test) throw new TypeError(`The condition operator ${operator} is not evaluated by the local platform`);
  const fits = (value: string) => wanted.some((one) => test(value, one)) !== negated;
  return (context) => {
    const values = context[key];
    // Absent keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    if (!values?.length)
      return quantifier === 'ForAllValues' || Boolean(ifExists) || (negated && !quantifier);
    return quantifier === 'ForAllValues' ? values.every(fits) : values.some(fits);
  };
}
