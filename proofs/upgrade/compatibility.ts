import type { CompiledStack, Template } from '../../build/deployment.ts';

/** The data stack's parameter with which a stage uses existing databases. */
const databasesParameter = 'Databases';

/** Why CloudFormation or the emulator cannot deploy one release over another; empty when they can. */
export function incompatibilities(
  previous: readonly CompiledStack[],
  current: readonly CompiledStack[],
): string[] {
  const usesExternal = previous.some(({ template }) => template.Parameters?.[databasesParameter]);
  const currentByName = new Map(current.map((stack) => [stack.name, stack]));
  return [
    ...(usesExternal ? [] : ['its stacks cannot use existing databases, and the emulator has no PostgreSQL']),
    ...previous.flatMap(({ name, template }) => {
      const next = currentByName.get(name);
      return next ? changedTypes(name, template, next.template) : [];
    }),
  ];
}

/** CloudFormation rejects an update that changes the type of a logical id. */
function changedTypes(stack: string, previous: Template, current: Template): string[] {
  return Object.entries(previous.Resources).flatMap(([logicalId, { Type: was }]) => {
    const is = current.Resources[logicalId]?.Type ?? was;
    return is === was ? [] : [`${stack} / ${logicalId} was ${was} and is ${is}`];
  });
}
