import type { CompiledStack, Template } from '../../build/deployment.ts';

/** The parameter of the data stack by which a stage uses databases that are there already. */
const databasesParameter = 'Databases';

/** Why CloudFormation, or this proof, cannot deploy one release over another; empty when nothing is in the way. */
export function obstaclesBetween(
  former: readonly CompiledStack[],
  current: readonly CompiledStack[],
): string[] {
  const external = former.some(({ template }) => template.Parameters?.[databasesParameter]);
  const now = new Map(current.map((stack) => [stack.name, stack]));
  return [
    ...(external ? [] : ['its stacks take no databases from outside, and the emulator has no PostgreSQL']),
    ...former.flatMap(({ name, template }) => {
      const next = now.get(name);
      return next ? changedTypes(name, template, next.template) : [];
    }),
  ];
}

/** CloudFormation refuses an update that gives a logical id another type. */
function changedTypes(stack: string, former: Template, current: Template): string[] {
  return Object.entries(former.Resources).flatMap(([logicalId, { Type: was }]) => {
    const is = current.Resources[logicalId]?.Type ?? was;
    return is === was ? [] : [`${stack} / ${logicalId} was ${was} and is ${is}`];
  });
}
