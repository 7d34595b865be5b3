import type { Json, Template } from '../deployment.ts';
import { substitute } from './substitute.ts';

/** What intrinsic functions read from the stack, on behalf of the resource that contains them. */
export type IntrinsicContext = {
  region: string;
  mappings: Template['Mappings'];
  resolve: (value: Json) => Json | undefined;
  text: (value: Json) => string;
  condition: (name: string) => boolean;
  /** The value of `Ref`: a parameter, pseudo parameter or resource. */
  reference: (name: string) => Json | undefined;
  attribute: (logicalId: string, attribute: string) => string;
  importValue: (exportName: string) => Json;
  error: (problem: string) => Error;
};

type IntrinsicFunction = (argument: Json, context: IntrinsicContext) => Json | undefined;

/**
 * CloudFormation's intrinsic functions by name. Each throws `context.error` for arguments it does not accept.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
const intrinsicFunctions: Record<string, IntrinsicFunction> = {
  Ref: (argument, context) => context.reference(String(argument)),
  'Fn::GetAtt': (argument, context) => {
    const [logicalId, ...rest] = Array.isArray(argument)
      ? argument.map((part) => context.text(part))
      : String(argument).split('.');
    return context.attribute(logicalId ?? '', rest.join('.'));
  },
  'Fn::Sub': substituteVariables,
  'Fn::Join': (argument, context) => {
    const [separator, items] = twoArguments('Fn::Join', argument, context);
    return listOf(items, context).join(String(separator));
  },
  'Fn::Split': (argument, context) => {
    const [separator, source] = twoArguments('Fn::Split', argument, context);
    return context.text(source).split(String(separator));
  },
  'Fn::Select': (argument, context) => {
    const [index, items] = twoArguments('Fn::Select', argument, context);
    const item = listOf(items, context)[Number(context.text(index))];
    if (item === undefined) throw context.error(`Fn::Select has no item at index ${JSON.stringify(index)}`);
    return item;
  },
  'Fn::ImportValue': (argument, context) => context.importValue(context.text(argument)),
  'Fn::If': (argument, context) => {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw context.error('Fn::If takes a condition and two values');
    return context.resolve(argument[context.condition(String(argument[0])) ? 1 : 2]!);
  },
  'Fn::FindInMap': findInMap,
  'Fn::GetAZs': (argument, context) => {
    const region = context.text(argument) || context.region;
    return ['a', 'b', 'c'].map((zone) => region + zone);
  },
  'Fn::Base64': (argument, context) => Buffer.from(context.text(argument)).toString('base64'),
};

/** The name and argument of a function call: an object with the single key `Ref` or `Fn::…`. */
export function intrinsicCall(value: { [key: string]: Json }): { name: string; argument: Json } | undefined {
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument: value[name]! } : undefined;
}

/** Evaluates one function call; `undefined` for `AWS::NoValue`. @throws context.error */
export function evaluateIntrinsic(name: string, argument: Json, context: IntrinsicContext): Json | undefined {
  const evaluate = intrinsicFunctions[name];
  if (!evaluate) throw context.error(`${name} is not evaluated by the local platform`);
  return evaluate(argument, context);
}

function substituteVariables(argument: Json, context: IntrinsicContext): string {
  const [template, own] = Array.isArray(argument) ? argument : [argument, {}];
  const variables = (own ?? {}) as Record<string, Json>;
  return substitute(String(template), (name) => {
    const variable = variables[name];
    if (variable !== undefined) return context.text(variable);
    const [logicalId, ...attribute] = name.split('.');
    return attribute.length > 0
      ? context.attribute(logicalId ?? '', attribute.join('.'))
      : context.text({ Ref: name });
  });
}

function findInMap(argument: Json, context: IntrinsicContext): Json {
  const keys = Array.isArray(argument) ? argument.slice(0, 3).map((key) => context.text(key)) : [];
  const [map = '', first = '', second = ''] = keys;
  const found = context.mappings?.[map]?.[first]?.[second];
  if (found === undefined) throw context.error(`the mapping ${keys.join('.')} does not exist`);
  return found;
}

function twoArguments(name: string, argument: Json, context: IntrinsicContext): [Json, Json] {
  if (Array.isArray(argument) && argument.length === 2) return [argument[0]!, argument[1]!];
  throw context.error(`${name} takes two arguments`);
}

function listOf(value: Json, context: IntrinsicContext): Json[] {
  const resolved = context.resolve(value);
  if (Array.isArray(resolved)) return resolved;
  throw context.error(`needs a list, not ${JSON.stringify(resolved)}`);
}
