import type { CompiledStack, Json, Origin, TemplateResource } from '../deployment.ts';
import { cloudOnlyValue } from './cloud-only-values.ts';
import {
  conditionValue,
  evaluateIntrinsic,
  type IntrinsicScope,
  intrinsicCall,
} from './intrinsic-functions.ts';
import { kindOfType } from './resource-types.ts';
import { type ResourceValues, resourceValues } from './resource-values.ts';
import { TemplateError } from './template-error.ts';

/** Account, region and queue address, which resource names contain. */
export type Place = { region: string; accountId: string; queueUrlBase: string };

/** Returns the value of another stack's export, or of a parameter that one writes to Parameter Store (`parameterKey`). */
export type ImportValue = (name: string, importer: Origin) => Json;

/** Names a parameter of Parameter Store among exports, whose names contain no space. */
export const parameterKey = (name: string): string => `parameter ${name}`;

/**
 * The values of one stack: parameters, conditions and resource attributes, as CloudFormation evaluates them. A property
 * whose value is `AWS::NoValue` is omitted. `referrer` is the logical id that error messages name.
 */
export class StackValues implements IntrinsicScope {
  readonly stack: CompiledStack;
  readonly place: Place;
  readonly #parameters: Record<string, string>;
  readonly #import: ImportValue;
  readonly #conditions = new Map<string, boolean>();
  readonly #resources = new Map<string, ResourceValues>();
  readonly #evaluating = new Set<string>();

  constructor(
    stack: CompiledStack,
    place: Place,
    parameters: Record<string, string>,
    importValue: ImportValue,
  ) {
    this.stack = stack;
    this.place = stack.region === undefined ? place : { ...place, region: stack.region };
    this.#parameters = { ...stack.parameters, ...parameters };
    this.#import = importValue;
  }

  /** The names in Parameter Store that the stack's parameters refer to, by parameter. */
  storedParameterNames(): [string, string][] {
    return Object.entries(this.stack.template.Parameters ?? {})
      .filter(([, { Type }]) => isStoredParameter(Type))
      .map(([parameter, { Default }]) => [parameter, String(this.#parameters[parameter] ?? Default)]);
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
  resolve(value: Json, referrer: string): Json | undefined {
    if (Array.isArray(value))
      return value.map((item) => this.resolve(item, referrer)).filter((item) => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const call = intrinsicCall(value);
    if (call) return evaluateIntrinsic(call, this, referrer);
    const entries = Object.entries(value).map(([key, item]) => [key, this.resolve(item, referrer)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  }

  /** The value as text. @throws TemplateError when it is a list or an object */
  text(value: Json, referrer: string): string {
    const resolved = this.resolve(value, referrer);
    if (typeof resolved === 'string' || typeof resolved === 'number' || typeof resolved === 'boolean')
      return String(resolved);
    throw this.error(referrer, `needs text, not ${JSON.stringify(resolved)}`);
  }

  /** Whether a named condition holds. @throws TemplateError when it does not exist */
  condition(name: string, referrer: string): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const definition = this.stack.template.Conditions?.[name];
    if (definition === undefined) throw this.error(referrer, `condition ${name} does not exist`);
    const holds = this.#withoutCycle(`condition ${name}`, referrer, () =>
      conditionValue(definition, this, name),
    );
    this.#conditions.set(name, holds);
    return holds;
  }

  /** The value of `Ref` (attribute `ref`) or `Fn::GetAtt` for a resource. @throws TemplateError */
  attribute(logicalId: string, attribute: string, referrer: string): string {
    const resource = this.stack.template.Resources[logicalId];
    if (!resource) throw this.error(referrer, `parameter or resource ${logicalId} does not exist`);
    if (resource.Condition !== undefined && !this.condition(resource.Condition, logicalId))
      throw this.error(
        referrer,
        `${logicalId} is not created, because its condition ${resource.Condition} is false`,
      );
    const values = this.#valuesOf(logicalId, resource, referrer);
    const value = values?.[attribute];
    if (value !== undefined) return value;
    if (kindOfType(resource.Type) === 'cloud-only')
      return cloudOnlyValue(attribute, {
        ...this.place,
        type: resource.Type,
        stackName: this.stack.name,
        logicalId,
      });
    const what = attribute === 'ref' ? 'name' : `attribute ${attribute}`;
    throw this.error(referrer, `${logicalId} (${resource.Type}) has no ${what} on the local platform`);
  }

  #valuesOf(logicalId: string, resource: TemplateResource, referrer: string): ResourceValues | undefined {
    const known = this.#resources.get(logicalId);
    if (known) return known;
    const values = this.#withoutCycle(logicalId, referrer, () =>
      resourceValues[resource.Type]?.({
        ...this.place,
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

  /** The value of another stack's export. @throws TemplateError */
  importValue(name: string, referrer: string): Json {
    return this.#import(name, this.origin(referrer));
  }

  /** The value of `Ref`: a pseudo parameter, a parameter or a resource. @throws TemplateError */
  reference(name: string, referrer: string): Json | undefined {
    const { region, accountId } = this.place;
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
    return parameter ? this.#parameter(name, parameter, referrer) : this.attribute(name, 'ref', referrer);
  }

  #parameter(name: string, { Type, Default }: { Type: string; Default?: Json }, referrer: string): Json {
    const value = this.#parameters[name] ?? Default;
    if (value === undefined)
      throw this.error(referrer, `parameter ${name} has neither a value nor a default`);
    if (isStoredParameter(Type)) return this.#import(parameterKey(String(value)), this.origin(name));
    return /^(CommaDelimitedList|List<)/.test(Type) ? String(value).split(',') : String(value);
  }

  #withoutCycle<T>(what: string, referrer: string, evaluate: () => T): T {
    if (this.#evaluating.has(what)) throw this.error(referrer, `${what} depends on itself`);
    this.#evaluating.add(what);
    try {
      return evaluate();
    } finally {
      this.#evaluating.delete(what);
    }
  }

  error(logicalId: string, problem: string): TemplateError {
    return new TemplateError(this.origin(logicalId), problem);
  }
}

/** Whether a template parameter contains a name in Parameter Store, whose value it takes. */
const isStoredParameter = (type: string): boolean => type === 'AWS::SSM::Parameter::Value<String>';
