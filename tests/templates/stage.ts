import { compiledWithAccount } from '../../build/compiled.ts';
import type { CompiledStack, Json, TemplateResource } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import type { StackValues } from '../../build/template/stack-values.ts';
import { nonEmpty } from '../setup/non-empty.ts';

/** A resource that a stage creates, with conditions evaluated and values resolved. */
export type Resource = {
  stack: CompiledStack;
  region: string;
  id: string;
  type: string;
  properties: Record<string, Json>;
  /** As written in the template. */
  written: TemplateResource;
  /** The value of Ref (`ref`) or of Fn::GetAtt. */
  value: (attribute: string) => string;
};

/** Everything that a stage deploys. */
export type Stage = { name: string; stacks: CompiledStack[]; resources: Resource[] };

/** The stages that a team deploys. */
export const stages = ['tiny', 'dev', 'staging', 'prod'] as const;
export const region = 'eu-west-1';
export const accountId = '123456789012';

/** Enough for a slow machine to compile every stack of a stage. */
export const compileTimeoutMs = 180_000;

/** Every stack of a stage as it compiles, the account's own included. */
export const stacksOf = compiledWithAccount;

/** Every resource of a stage. @throws TemplateError for an import without an export, and for cycles */
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

/** The resources of some types. @throws Error when the stage has none of one of them */
export function ofType(stage: Stage, ...types: string[]): Resource[] {
  return types.flatMap((type) =>
    nonEmpty(ofOptionalType(stage, type), `the resources of type ${type} in ${stage.name}`),
  );
}

/** The resources of a type that the stage may lack. */
export const ofOptionalType = ({ resources }: Stage, type: string): Resource[] =>
  resources.filter((resource) => resource.type === type);

/** Names of the resources that break a rule. @throws Error when there is no resource to check */
export const violations = (resources: Resource[], obeys: (resource: Resource) => boolean): string[] => [
  ...new Set(
    nonEmpty(resources, 'the resources to check')
      .filter((each) => !obeys(each))
      .map(nameOf),
  ),
];

/** Names a resource in failure messages. */
export const nameOf = ({ stack, id }: Pick<Resource, 'stack' | 'id'>): string => `${stack.name} ${id}`;

/** A nested property: `at(resource, 'SSESpecification', 'SSEEnabled')`. */
export function at({ properties }: Resource, ...path: (string | number)[]): Json | undefined {
  let value: Json | undefined = properties;
  for (const step of path) value = (value as Record<string, Json> | undefined)?.[step];
  return value;
}
