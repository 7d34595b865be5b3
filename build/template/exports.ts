import type { CompiledStack, Json, Origin } from '../deployment.ts';
import { type Place, parameterKey, StackValues } from './stack-values.ts';
import { TemplateError } from './template-error.ts';

type Export = { values: StackValues; logicalId: string; value: Json };
type Import = { name: string; importer: Origin; from: string };

/** The stacks, each after those whose exports it imports, and the exports' values. */
export type LinkedStacks = { ordered: StackValues[]; exports: Record<string, string> };

const parameterType = 'AWS::SSM::Parameter';

/**
 * Links stacks by their exports and imports, and by Parameter Store: a stack with a template parameter of the type
 * `AWS::SSM::Parameter::Value<String>` reads what another stack writes. Neither crosses regions: two regions may have the same name, and a stack
 * imports the one of its own region. `exports` are those of the default region.
 * @throws TemplateError for a duplicate export, an import without an export, and circular imports
 */
export function linkStacks(
  stacks: CompiledStack[],
  place: Place,
  parameters: Record<string, string>,
): LinkedStacks {
  const regions = new Map<string, Map<string, Export>>();
  const exportsIn = (region: string): Map<string, Export> => {
    const table = regions.get(region) ?? new Map<string, Export>();
    regions.set(region, table);
    return table;
  };
  const values = stacks.map((stack) => {
    const importValue = (name: string, importer: Origin): string => {
      const found = exportsIn(stack.region ?? place.region).get(name);
      if (!found) throw notProvided(name, importer);
      return found.values.text(found.value, found.logicalId);
    };
    return new StackValues(stack, place, parameters, importValue);
  });
  const tableOf = ({ stack }: StackValues) => exportsIn(stack.region ?? place.region);
  for (const each of values) collectExports(each, tableOf(each));
  const imports = values.map((each) => findImports(each, tableOf(each)));
  return { ordered: inOrder(values, imports), exports: exportValues(exportsIn(place.region)) };
}

function collectExports(values: StackValues, table: Map<string, Export>): void {
  for (const [logicalId, output] of Object.entries(values.stack.template.Outputs ?? {})) {
    if (output.Export === undefined) continue;
    if (output.Condition !== undefined && !values.condition(output.Condition, logicalId)) continue;
    const name = values.text(output.Export.Name, logicalId);
    const other = table.get(name);
    if (other)
      throw new TemplateError(
        values.origin(logicalId),
        `${name} is also exported by ${other.values.stack.name}`,
      );
    table.set(name, { values, logicalId, value: output.Value });
  }
  for (const [logicalId, { Type, Properties = {} }] of values.activeResources()) {
    if (Type !== parameterType) continue;
    const key = parameterKey(values.text(Properties['Name'] as Json, logicalId));
    const other = table.get(key);
    if (other)
      throw new TemplateError(
        values.origin(logicalId),
        `${key} is also written by ${other.values.stack.name}`,
      );
    table.set(key, { values, logicalId, value: Properties['Value'] as Json });
  }
}

const notProvided = (name: string, importer: Origin): TemplateError =>
  new TemplateError(
    importer,
    name.startsWith(parameterKey(''))
      ? `reads the ${name}, which no stack writes`
      : `imports ${name}, which no stack exports`,
  );

/** Every import of a stack, including those of AWS-only resources. */
function findImports(values: StackValues, table: Map<string, Export>): Import[] {
  const found: Import[] = [];
  const visit = (value: Json, logicalId: string): void => {
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value) && value['Fn::ImportValue'] !== undefined) {
      const name = values.text(value['Fn::ImportValue'], logicalId);
      const importer = values.origin(logicalId);
      const from = table.get(name)?.values.stack.name;
      if (from === undefined) throw notProvided(name, importer);
      found.push({ name, importer, from });
      return;
    }
    for (const inner of innerValues(value, (name) => values.condition(name, logicalId)))
      visit(inner, logicalId);
  };
  for (const [logicalId, resource] of values.activeResources()) visit(resource.Properties ?? {}, logicalId);
  for (const [logicalId, output] of Object.entries(values.stack.template.Outputs ?? {}))
    if (output.Condition === undefined || values.condition(output.Condition, logicalId))
      visit(output.Value, logicalId);
  for (const [parameter, name] of values.storedParameterNames()) {
    const importer = values.origin(parameter);
    const from = table.get(parameterKey(name))?.values.stack.name;
    if (from === undefined) throw notProvided(parameterKey(name), importer);
    found.push({ name: parameterKey(name), importer, from });
  }
  return found;
}

/** The nested values of a value; of an Fn::If only the selected branch. */
function innerValues(value: Json[] | { [key: string]: Json }, holds: (condition: string) => boolean): Json[] {
  if (Array.isArray(value)) return value;
  const choice = value['Fn::If'];
  if (!Array.isArray(choice)) return Object.values(value);
  return [(holds(String(choice[0])) ? choice[1] : choice[2]) ?? null];
}

function inOrder(all: StackValues[], imports: Import[][]): StackValues[] {
  const ordered: StackValues[] = [];
  const byName = new Map(
    all.map((values, index) => [values.stack.name, { values, imports: imports[index] ?? [] }]),
  );
  const visit = (name: string, path: Import[]): void => {
    const entry = byName.get(name);
    if (!entry || ordered.includes(entry.values)) return;
    const start = path.findIndex((step) => step.importer.stack === name);
    if (start >= 0) {
      const circle = path.slice(start);
      const steps = circle.map(
        ({ importer, from, name: what }) => `${importer.stack} imports ${what} of ${from}`,
      );
      throw new TemplateError(
        circle[0]!.importer,
        `stacks import from each other in a circle: ${steps.join(', ')}`,
      );
    }
    for (const step of entry.imports) visit(step.from, [...path, step]);
    ordered.push(entry.values);
  };
  for (const { stack } of all) visit(stack.name, []);
  return ordered;
}

function exportValues(table: Map<string, Export>): Record<string, string> {
  const values = [...table]
    .filter(([name]) => !name.startsWith(parameterKey('')))
    .map(([name, each]) => [name, each.values.text(each.value, each.logicalId)] as const);
  return Object.fromEntries(values);
}
