import type { CompiledStack, Json, Origin, TemplateResource } from '../deployment.ts';
import { cloudOnlyValue } from './cloud-only-values.ts';
import { conditionValue } from './conditions.ts';
import { kindOfType } from './resource-types.ts';
import { RESOURCE_VALUES, type ResourceValues } from './resource-values.ts';
import { substitute } from './substitute.ts';
import { TemplateError } from './template-error.ts';

/** Where the stacks are, which names and addresses depend on. */
export type Place = { region: string; accountId: string; queueUrlBase: string };

/** Gives the value of another stack's export. */
export type ImportValue = (name: string, asker: Origin) => Json;

/**
 * The values of one stack: evaluates CloudFormation's intrinsic functions, parameters and conditions. A property
 * whose value is `AWS::NoValue` is left out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export class StackValues {
  readonly stack: CompiledStack;
  readonly #place: Place;
  readonly #parameters: Record<string, string>;
  readonly #import: ImportValue;
  readonly #conditions = new Map<string, boolean>();
  readonly #resources = new Map<string, ResourceValues>();
  readonly #open = new Set<string>();

  constructor(
    stack: CompiledStack,
    place: Place,
    parameters: Record<string, string>,
    importValue: ImportValue,
  ) {
    this.stack = stack;
    this.#place = stack.region === undefined ? place : { ...place, region: stack.region };
    this.#parameters = { ...stack.parameters, ...parameters };
    this.#import = importValue;
  }

  origin(logicalId: string): Origin {
    return { stack: this.stack.name, logicalId };
  }

  /** The resources whose condition holds. */
  activeResources(): [string, TemplateResource][] {
    return Object.entries(this.stack.template.Resources).filter(
      ([logicalId, { Condition }]) => Condition === undefined || this.condition(Condition, logicalId),
    );
  }

  /** The value of a piece of template; `undefined` for `AWS::NoValue`. @throws TemplateError */
  resolve(value: Json, asker: string): Json | undefined {
    if (Array.isArray(value)) return this.#defined(value.map((item) => this.resolve(item, asker)));
    if (value === null || typeof value !== 'object') return value;
    const call = intrinsicOf(value);
    if (call) return this.#call(call.name, call.argument, asker);
    const entries = Object.entries(value).map(([key, item]) => [key, this.resolve(item, asker)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  }

  /** The same where text is needed. @throws TemplateError when it is something else */
  text(value: Json, asker: string): string {
    const resolved = this.resolve(value, asker);
    if (typeof resolved === 'string' || typeof resolved === 'number' || typeof resolved === 'boolean')
      return String(resolved);
    throw this.#error(asker, `needs text, not ${JSON.stringify(resolved)}`);
  }

  /** Whether a named condition holds. @throws TemplateError when there is none of that name */
  condition(name: string, asker: string): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const definition = this.stack.template.Conditions?.[name];
    if (definition === undefined) throw this.#error(asker, `there is no condition ${name}`);
    const holds = this.#guarded(`condition ${name}`, asker, () =>
      conditionValue(definition, {
        named: (other) => this.condition(other, asker),
        text: (value) => this.text(value, asker),
        fail: (problem) => this.#error(name, problem),
      }),
    );
    this.#conditions.set(name, holds);
    return holds;
  }

  /** What `Ref` (attribute `ref`) and `Fn::GetAtt` give for a resource. */
  attribute(logicalId: string, attribute: string, asker: string): string {
    const resource = this.stack.template.Resources[logicalId];
    if (!resource) throw this.#error(asker, `there is no parameter or resource ${logicalId}`);
    if (resource.Condition !== undefined && !this.condition(resource.Condition, logicalId))
      throw this.#error(
        asker,
        `${logicalId} is not made, since its condition ${resource.Condition} is false`,
      );
    const values = this.#valuesOf(logicalId, resource, asker);
    const value = values?.[attribute];
    if (value !== undefined) return value;
    if (kindOfType(resource.Type) === 'cloud-only')
      return cloudOnlyValue(attribute, {
        ...this.#place,
        type: resource.Type,
        stackName: this.stack.name,
        logicalId,
      });
    const what = attribute === 'ref' ? 'name' : `attribute ${attribute}`;
    throw this.#error(asker, `${logicalId} (${resource.Type}) has no ${what} here`);
  }

  #valuesOf(logicalId: string, resource: TemplateResource, asker: string): ResourceValues | undefined {
    const known = this.#resources.get(logicalId);
    if (known) return known;
    const values = this.#guarded(logicalId, asker, () =>
      RESOURCE_VALUES[resource.Type]?.({
        ...this.#place,
        stackName: this.stack.name,
        logicalId,
        property: (name) => {
          const property = resource.Properties?.[name];
          return property === undefined ? undefined : this.resolve(property, logicalId);
        },
      }),
    );
    if (values) this.#resources.set(logicalId, values);
    return values;
  }

  #call(name: string, argument: Json, asker: string): Json | undefined {
    switch (name) {
      case 'Ref':
        return this.#reference(String(argument), asker);
      case 'Fn::GetAtt': {
        const [logicalId, ...rest] = Array.isArray(argument)
          ? argument.map((part) => this.text(part, asker))
          : String(argument).split('.');
        return this.attribute(logicalId ?? '', rest.join('.'), asker);
      }
      case 'Fn::Sub':
        return this.#sub(argument, asker);
      case 'Fn::Join': {
        const [separator, items] = this.#arguments(name, argument, asker);
        return this.#list(items, asker).join(String(separator));
      }
      case 'Fn::Split': {
        const [separator, source] = this.#arguments(name, argument, asker);
        return this.text(source, asker).split(String(separator));
      }
      case 'Fn::Select': {
        const [index, items] = this.#arguments(name, argument, asker);
        const item = this.#list(items, asker)[Number(this.text(index, asker))];
        if (item === undefined)
          throw this.#error(asker, `Fn::Select finds nothing at ${JSON.stringify(index)}`);
        return item;
      }
      case 'Fn::ImportValue':
        return this.#import(this.text(argument, asker), this.origin(asker));
      case 'Fn::If': {
        if (!Array.isArray(argument) || argument.length !== 3)
          throw this.#error(asker, 'Fn::If takes a condition and two values');
        return this.resolve(argument[this.condition(String(argument[0]), asker) ? 1 : 2]!, asker);
      }
      case 'Fn::FindInMap':
        return this.#findInMap(argument, asker);
      case 'Fn::GetAZs': {
        const region = this.text(argument, asker) || this.#place.region;
        return ['a', 'b', 'c'].map((zone) => region + zone);
      }
      case 'Fn::Base64':
        return Buffer.from(this.text(argument, asker)).toString('base64');
      default:
        throw this.#error(asker, `${name} is not evaluated by the local platform`);
    }
  }

  #reference(name: string, asker: string): Json | undefined {
    const { region, accountId } = this.#place;
    switch (name) {
      case 'AWS::NoValue':
        return undefined;
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return this.stack.name;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${region}:${accountId}:stack/${this.stack.name}/local`;
      case 'AWS::NotificationARNs':
        return [];
    }
    const parameter = this.stack.template.Parameters?.[name];
    return parameter ? this.#parameter(name, parameter, asker) : this.attribute(name, 'ref', asker);
  }

  #parameter(name: string, { Type, Default }: { Type: string; Default?: Json }, asker: string): Json {
    const given = this.#parameters[name];
    if (given === undefined && Type.startsWith('AWS::SSM::Parameter::Value'))
      throw this.#error(
        asker,
        `parameter ${name} is kept in SSM, which is not there locally: give it a value`,
      );
    const value = given ?? Default;
    if (value === undefined) throw this.#error(asker, `parameter ${name} has neither a value nor a default`);
    return /^(CommaDelimitedList|List<)/.test(Type) ? String(value).split(',') : String(value);
  }

  #sub(argument: Json, asker: string): string {
    const [template, own] = Array.isArray(argument) ? argument : [argument, {}];
    const variables = (own ?? {}) as Record<string, Json>;
    return substitute(String(template), (name) => {
      const variable = variables[name];
      if (variable !== undefined) return this.text(variable, asker);
      const [logicalId, ...attribute] = name.split('.');
      return attribute.length > 0
        ? this.attribute(logicalId ?? '', attribute.join('.'), asker)
        : this.text({ Ref: name }, asker);
    });
  }

  #findInMap(argument: Json, asker: string): Json {
    const keys = Array.isArray(argument) ? argument.slice(0, 3).map((key) => this.text(key, asker)) : [];
    const [map = '', first = '', second = ''] = keys;
    const found = this.stack.template.Mappings?.[map]?.[first]?.[second];
    if (found === undefined) throw this.#error(asker, `the mapping ${keys.join('.')} is not there`);
    return found;
  }

  #arguments(name: string, argument: Json, asker: string): [Json, Json] {
    if (Array.isArray(argument) && argument.length === 2) return [argument[0]!, argument[1]!];
    throw this.#error(asker, `${name} takes two arguments`);
  }

  #list(value: Json, asker: string): Json[] {
    const resolved = this.resolve(value, asker);
    if (Array.isArray(resolved)) return resolved;
    throw this.#error(asker, `needs a list, not ${JSON.stringify(resolved)}`);
  }

  #defined(items: (Json | undefined)[]): Json[] {
    return items.filter((item) => item !== undefined);
  }

  #guarded<T>(what: string, asker: string, evaluate: () => T): T {
    if (this.#open.has(what)) throw this.#error(asker, `${what} depends on itself`);
    this.#open.add(what);
    try {
      return evaluate();
    } finally {
      this.#open.delete(what);
    }
  }

  #error(logicalId: string, problem: string): TemplateError {
    return new TemplateError(this.origin(logicalId), problem);
  }
}

/** An object with one key `Ref`, `Condition`-free, or `Fn::…` is a call. */
function intrinsicOf(value: { [key: string]: Json }): { name: string; argument: Json } | undefined {
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument: value[name]! } : undefined;
}
