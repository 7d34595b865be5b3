import type { CompiledStack, Json } from '../deployment.ts';

/** What the functions read from their stack; see StackValues. */
export type IntrinsicScope = {
  stack: CompiledStack;
  place: { region: string };
  resolve(value: Json, referrer: string): Json | undefined;
  text(value: Json, referrer: string): string;
  condition(name: string, referrer: string): boolean;
  reference(name: string, referrer: string): Json | undefined;
  attribute(logicalId: string, attribute: string, referrer: string): string;
  importValue(name: string, referrer: string): Json;
  error(referrer: string, problem: string): Error;
};

/** `referrer` is the logical id of the resource that contains the call. */
type IntrinsicFunction = (argument: Json, values: IntrinsicScope, referrer: string) => Json | undefined;

/**
 * CloudFormation's intrinsic functions by name. Each throws TemplateError for arguments it does not accept.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
const intrinsicFunctions: Record<string, IntrinsicFunction> = {
  Ref: (argument, values, referrer) => values.reference(String(argument), referrer),
  'Fn::GetAtt': (argument, values, referrer) => {
    const [logicalId, ...rest] = Array.isArray(argument)
      ? argument.map((part) => values.text(part, referrer))
      : String(argument).split('.');
    return values.attribute(logicalId ?? '', rest.join('.'), referrer);
  },
  'Fn::Sub': (argument, values, referrer) => {
    const [template, own] = Array.isArray(argument) ? argument : [argument, {}];
    return substitute(String(template), (name) => {
      const variable = ((own ?? {}) as Record<string, Json>)[name];
      if (variable !== undefined) return values.text(variable, referrer);
      const [logicalId, ...attribute] = name.split('.');
      return attribute.length > 0
        ? values.attribute(logicalId ?? '', attribute.join('.'), referrer)
        : values.text({ Ref: name }, referrer);
    });
  },
  'Fn::Join': (argument, values, referrer) => {
    const [separator, items] = twoArguments('Fn::Join', argument, values, referrer);
    return listOf(items, values, referrer).join(String(separator));
  },
  'Fn::Split': (argument, values, referrer) => {
    const [separator, source] = twoArguments('Fn::Split', argument, values, referrer);
    return values.text(source, referrer).split(String(separator));
  },
  'Fn::Select': (argument, values, referrer) => {
    const [index, items] = twoArguments('Fn::Select', argument, values, referrer);
    const item = listOf(items, values, referrer)[Number(values.text(index, referrer))];
    if (item === undefined)
      throw values.error(referrer, `Fn::Select has no item at index ${JSON.stringify(index)}`);
    return item;
  },
  'Fn::ImportValue': (argument, values, referrer) =>
    values.importValue(values.text(argument, referrer), referrer),
  'Fn::If': (argument, values, referrer) => {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw values.error(referrer, 'Fn::If takes a condition and two values');
    return values.resolve(argument[values.condition(String(argument[0]), referrer) ? 1 : 2]!, referrer);
  },
  'Fn::FindInMap': (argument, values, referrer) => {
    const keys = Array.isArray(argument) ? argument.slice(0, 3).map((key) => values.text(key, referrer)) : [];
    const [map = '', first = '', second = ''] = keys;
    const found = values.stack.template.Mappings?.[map]?.[first]?.[second];
    if (found === undefined) throw values.error(referrer, `the mapping ${keys.join('.')} does not exist`);
    return found;
  },
  'Fn::GetAZs': (argument, values, referrer) => {
    const region = values.text(argument, referrer) || values.place.region;
    return ['a', 'b', 'c'].map((zone) => region + zone);
  },
  'Fn::Base64': (argument, values, referrer) =>
    Buffer.from(values.text(argument, referrer)).toString('base64'),
};

/** The name and argument of a function call: an object with the single key `Ref` or `Fn::…`. */
export function intrinsicCall(value: { [key: string]: Json }): { name: string; argument: Json } | undefined {
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument: value[name]! } : undefined;
}

/** Evaluates one function call; `undefined` for `AWS::NoValue`. @throws TemplateError */
export function evaluateIntrinsic(
  { name, argument }: { name: string; argument: Json },
  values: IntrinsicScope,
  referrer: string,
): Json | undefined {
  const evaluate = intrinsicFunctions[name];
  if (!evaluate) throw values.error(referrer, `${name} is not evaluated by the local platform`);
  return evaluate(argument, values, referrer);
}

/** Whether a condition holds: Fn::Equals, Fn::And, Fn::Or, Fn::Not, and `Condition` for one with a name. */
export function conditionValue(definition: Json, values: IntrinsicScope, referrer: string): boolean {
  const [call, ...more] = Object.entries(definition as Record<string, Json>);
  if (!call || more.length > 0) throw values.error(referrer, 'a condition must be one function call');
  const [name, argument] = call;
  if (name === 'Condition') return values.condition(String(argument), referrer);
  const items = Array.isArray(argument) ? argument : [];
  const inner = () => items.map((item) => conditionValue(item, values, referrer));
  switch (name) {
    case 'Fn::Equals':
      return values.text(items[0] ?? '', referrer) === values.text(items[1] ?? '', referrer);
    case 'Fn::And':
      return inner().every(Boolean);
    case 'Fn::Or':
      return inner().some(Boolean);
    case 'Fn::Not':
      return !inner()[0];
    default:
      throw values.error(referrer, `${name} is not a condition function`);
  }
}

/**
 * Fills `${Name}` in a text as Fn::Sub does; `${!Name}` becomes `${Name}`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
const substitute = (template: string, lookUp: (name: string) => string): string =>
  template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_whole, escaped: string, name: string) =>
    escaped ? `\${${name}}` : lookUp(name.trim()),
  );

function twoArguments(name: string, argument: Json, values: IntrinsicScope, referrer: string): [Json, Json] {
  if (Array.isArray(argument) && argument.length === 2) return [argument[0]!, argument[1]!];
  throw values.error(referrer, `${name} takes two arguments`);
}

function listOf(value: Json, values: IntrinsicScope, referrer: string): Json[] {
  const resolved = values.resolve(value, referrer);
  if (Array.isArray(resolved)) return resolved;
  throw values.error(referrer, `needs a list, not ${JSON.stringify(resolved)}`);
}
