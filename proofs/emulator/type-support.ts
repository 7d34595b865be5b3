import { resourceTypes } from '../../build/template/resource-types.ts';

export type SupportLevel = 'deployed' | 'stubbed' | 'left-out';

/** How the emulator supports a type; undefined when build/template/resource-types.yml does not classify it. */
export const supportOf = (type: string): SupportLevel | undefined => resourceTypes.get(type)?.[1];

/** The types with a level of support. */
export const typesWith = (level: SupportLevel): string[] =>
  [...resourceTypes].flatMap(([type, [, support]]) => (support === level ? [type] : []));
