import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { CompiledStack, Json, TemplateResource } from '../../build/deployment.ts';
import { listStacks } from '../../build/stack-list.ts';
import { root } from '../../build/stacks.ts';
import { linkStacks } from '../../build/template/exports.ts';
import type { StackValues } from '../../build/template/stack-values.ts';

/** A resource that a stage makes, its conditions decided and its values resolved. */
export type Resource = {
  stack: CompiledStack;
  region: string;
  id: string;
  type: string;
  properties: Record<string, Json>;
  /** As it stands in the template. */
  written: TemplateResource;
  /** What Ref (`ref`) and Fn::GetAtt give for it. */
  value: (attribute: string) => string;
};

/** Everything that a stage deploys. */
export type Stage = { name: string; stacks: CompiledStack[]; resources: Resource[] };

/** The stages that a team deploys. */
export const stages = ['dev', 'staging', 'prod'] as const;
export const region = 'eu-west-1';
export const accountId = '123456789012';

/** A slow machine compiles every stack of a stage within it. */
export const compileTimeoutMs = 180_000;

/** Every stack of a stage as it compiles, the account's own included. */
export async function stacksOf(stage: string): Promise<CompiledStack[]> {
  const account = existsSync(join(root, 'resources/account')) ? ['resources/account'] : [];
  return compileStacks({ root, stage, directories: [...account, ...(await listStacks(root))] });
}

/** Every resource of a stage. @throws TemplateError for an import without an export, and for circles */
export async function stageOf(name: string): Promise<Stage> {
  const stacks = await stacksOf(name);
  const place = { region, accountId, queueUrlBase: 'https://queues' };
  const { ordered } = linkStacks(stacks, place, {});
  return { name, stacks, resources: ordered.flatMap(resourcesOf) };
}

function resourcesOf(values: StackValues): Resource[] {
  return values.activeResources().map(([id, written]) => ({
    stack: values.stack,
    region: values.stack.region ?? region,
    id,
    type: written.Type,
    properties: values.resolve(written.Properties ?? {}, id) as Record<string, Json>,
    written,
    value: (attribute) => values.attribute(id, attribute, id),
  }));
}

/** The resources of some types. */
export const ofType = ({ resources }: Stage, ...types: string[]): Resource[] =>
  resources.filter(({ type }) => types.includes(type));

/** How a failing expectation names a resource. */
export const nameOf = ({ stack, id }: Pick<Resource, 'stack' | 'id'>): string => `${stack.name} ${id}`;

/** A property further down: `at(resource, 'SSESpecification', 'SSEEnabled')`. */
export function at({ properties }: Resource, ...path: (string | number)[]): Json | undefined {
  let value: Json | undefined = properties;
  for (const step of path) value = (value as Record<string, Json> | undefined)?.[step];
  return value;
}
