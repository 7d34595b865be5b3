import * as z from 'zod';
import type { Json, Origin, TemplateResource } from '../deployment.ts';
import { ignoredProperties } from './resource-types.ts';
import type { StackValues } from './stack-values.ts';
import { TemplateError } from './template-error.ts';

/** One resource with all its properties resolved; `value` returns its Ref (`ref`) and Fn::GetAtt values. */
export type ResolvedResource = Origin & {
  type: string;
  properties: Record<string, Json>;
  directory: string;
  dependsOn: string[];
  value: (attribute: string) => string;
};

/** Resolves one resource. @throws TemplateError */
export function resolveResource(
  values: StackValues,
  logicalId: string,
  resource: TemplateResource,
): ResolvedResource {
  const properties = values.resolve(resource.Properties ?? {}, logicalId);
  return {
    ...values.origin(logicalId),
    type: resource.Type,
    properties: properties as Record<string, Json>,
    directory: values.stack.directory,
    dependsOn: [resource.DependsOn ?? []].flat(),
    value: (attribute) => values.attribute(logicalId, attribute, logicalId),
  };
}

/** A number or a boolean, which CloudFormation also accepts as text. */
export const cfnNumber = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);
export const cfnBoolean = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .transform((value) => value === true || value === 'true');
export const cfnJson = z.json() as z.ZodType<Json>;

/** Known properties of a part of a resource that have no effect locally. */
export function ignored<const Name extends string>(
  ...names: Name[]
): Record<Name, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as never;
}

/**
 * The properties of a resource by their schema, without those that `resource-types.yml` ignores. With a strict schema
 * an unknown property stops the start, instead of having an effect on AWS only.
 * @throws TemplateError
 */
export function parseProperties<S extends z.ZodType>(schema: S, resource: ResolvedResource): z.output<S> {
  const ignoredNames = ignoredProperties(resource.type);
  const parsed = schema.safeParse(
    Object.fromEntries(Object.entries(resource.properties).filter(([name]) => !ignoredNames.has(name))),
  );
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${[...issue.path, issue.keys.join(', ')].join('.')} is not supported by the local platform`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new TemplateError(resource, `${resource.type}: ${problems.join('; ')}`);
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined properties. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<T>;
}

/** Where a resource comes from, for its specification. */
export function originOf({ stack, logicalId }: Origin): Origin {
  return { stack, logicalId };
}
