import type { Json } from '../../build/deployment.ts';

type JsonObject = { [key: string]: Json };

/**
 * Whether an event matches one of a mapping's filter patterns; without patterns every event matches. Lambda supports
 * these operators of EventBridge
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
 * @throws on an unknown operator
 */
export function passesFilter(patterns: readonly Json[], event: Json): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(parsed(pattern), event));
}

function parsed(pattern: Json): Json {
  return typeof pattern === 'string' ? (JSON.parse(pattern) as Json) : pattern;
}

function matches(pattern: Json, value: Json | undefined): boolean {
  if (Array.isArray(pattern)) return pattern.some((rule) => ruleHolds(rule, value));
  if (!isObject(pattern))
    throw new Error(`a filter pattern has ${JSON.stringify(pattern)} outside of a list`);
  return Object.entries(pattern).every(([key, inner]) => {
    if (key === '$or') return (inner as Json[]).some((branch) => matches(branch, value));
    const field = isObject(value) ? value[key] : undefined;
    if (isObject(inner) && isObject(field)) return matches(inner, field);
    if (Array.isArray(inner)) return matches(inner, field);
    return matches(inner, isObject(field) ? field : {});
  });
}

function ruleHolds(rule: Json, value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some((item) => ruleHolds(rule, item));
  if (!isObject(rule)) return value === rule;
  const [operator, operand] = Object.entries(rule)[0] ?? [];
  switch (operator) {
    case 'exists':
      return (value !== undefined) === operand;
    case 'prefix':
      return typeof value === 'string' && value.startsWith(operand as string);
    case 'suffix':
      return typeof value === 'string' && value.endsWith(operand as string);
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === (operand as string).toLowerCase();
    case 'anything-but': {
      if (value === undefined) return false;
      const refused = Array.isArray(operand) ? operand : [operand as Json];
      return !refused.some((one) => ruleHolds(one, value));
    }
    case 'numeric':
      return typeof value === 'number' && numbersHold(operand as (string | number)[], value);
    default:
      throw new Error(`the filter operator ${operator} is not known`);
  }
}

/** Pairs of comparison and number, which must all be true: `[">", 0, "<=", 5]`. */
function numbersHold(conditions: (string | number)[], value: number): boolean {
  for (let at = 0; at < conditions.length; at += 2) {
    const bound = conditions[at + 1] as number;
    const holds: Record<string, boolean> = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (holds[conditions[at] as string] !== true) return false;
  }
  return true;
}

/** JSON text as JSON, other text as it is. */
export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
