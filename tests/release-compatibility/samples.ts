import type { Json } from '../../build/deployment.ts';

/** The part of JSON Schema that zod writes for events and contracts. */
export type Schema = {
  type?: string;
  format?: string;
  pattern?: string;
  const?: Json;
  enum?: Json[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
};

const samplesByFormat: Record<string, string[]> = {
  uuid: ['0190a0b0-0000-7000-8000-000000000001'],
  'date-time': ['2026-11-21T10:00:00.000Z'],
  date: ['2026-11-21'],
  email: ['a@shop.example'],
  uri: ['https://shop.example/a'],
};
/** Samples of strings that have a pattern and no format. */
const samplesByPattern: Record<string, string[]> = {
  '^[A-Z]{3}$': ['EUR', 'USD'],
  '^[0-9a-f]{64}$': ['0'.repeat(64), 'f'.repeat(64)],
};
/** Replaces the bounds that zod always writes for a number without bounds. */
const unboundedMaximum = 1_000_000;

/**
 * Boundary values of a schema: with and without each optional field, each choice, and the minimum and maximum of every
 * number, string and list.
 * @throws Error for a schema that it does not support
 */
export function samplesOf(schema: Schema): Json[] {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum) return schema.enum;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.flatMap(samplesOf);
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return lists(schema);
    case 'string':
      return texts(schema);
    case 'integer':
    case 'number':
      return numbers(schema);
    case 'boolean':
      return [true, false];
    case 'null':
      return [null];
    case undefined:
      return ['anything'];
    default:
      throw new Error(`no samples for ${JSON.stringify(schema)}`);
  }
}

function objects({ properties = {}, required = [], additionalProperties }: Schema): Json[] {
  const samples = Object.entries(properties).map(([name, schema]) => [name, samplesOf(schema)] as const);
  const full = Object.fromEntries(samples.map(([name, [first]]) => [name, first!]));
  if (typeof additionalProperties === 'object')
    return [{}, ...samplesOf(additionalProperties).map((value) => ({ some: value }))];
  const bare = Object.fromEntries(Object.entries(full).filter(([name]) => required.includes(name)));
  const others = samples.flatMap(([name, [, ...rest]]) => rest.map((value) => ({ ...full, [name]: value })));
  return [full, bare, ...others];
}

function lists({ items = {}, minItems = 0, maxItems = 100 }: Schema): Json[] {
  const inner = samplesOf(items);
  // No list of the maximum size of objects: repeated samples break rules such as unique products.
  const sizes = maxItems <= 1 || isObject(inner[0]) ? [] : [maxItems];
  return [
    ...inner.map((item) => [item, ...Array<Json>(Math.max(0, minItems - 1)).fill(item)]),
    ...(minItems === 0 ? [[]] : []),
    ...sizes.map((size) => Array<Json>(size).fill(inner[0]!)),
  ];
}

const isObject = (value: Json | undefined) => typeof value === 'object' && value !== null;

function texts({ format, pattern, minLength = 0, maxLength = 200 }: Schema): Json[] {
  if (format) {
    const known = samplesByFormat[format];
    if (!known) throw new Error(`no samples for the format ${format}`);
    return known;
  }
  if (pattern) {
    const known = samplesByPattern[pattern];
    if (!known) throw new Error(`no samples for the pattern ${pattern}`);
    return known;
  }
  return ['x'.repeat(maxLength), 'x'.repeat(minLength)];
}

function numbers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): Json[] {
  const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
  const most = maximum ?? (exclusiveMaximum === undefined ? unboundedMaximum : exclusiveMaximum - 1);
  return [Math.max(least, -unboundedMaximum), most];
}
