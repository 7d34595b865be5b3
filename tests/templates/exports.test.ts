import type { CompiledStack, Json } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { accountId, compileTimeoutMs, region, stacksOf, stageOf, stages } from './stage.ts';

/** Exports that no stack imports, because a person or a command reads them. */
const forPeople: Record<string, string> = {};

const everyStage = new Map<string, CompiledStack[]>();
beforeAll(async () => {
  for (const stage of stages) everyStage.set(stage, await stacksOf(stage));
}, compileTimeoutMs);

/** Names with the stage taken out, so that an export that one stage uses is in use. */
const general = (stage: string, names: Iterable<string>): string[] =>
  [...names].map((name) => name.replace(`-${stage}-`, '-<stage>-'));

/** Every import of a stack, whatever its conditions; a name that conditions choose counts with all its parts. */
function importsOf(stack: CompiledStack): string[] {
  const found: string[] = [];
  const visit = (value: Json): void => {
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value) && value['Fn::ImportValue'] !== undefined)
      found.push(String(value['Fn::ImportValue']));
    for (const inner of Object.values(value)) visit(inner as Json);
  };
  visit(stack.template as unknown as Json);
  return found;
}

describe('between stacks', () => {
  test.each(stages)(
    'of %s every import has its export, without cycles',
    async (name) => {
      expect((await stageOf(name)).resources.length).toBeGreaterThan(500);
    },
    compileTimeoutMs,
  );

  test('every export is imported', () => {
    const exported = new Set<string>();
    const imported = new Set<string>();
    for (const [stage, stacks] of everyStage) {
      const place = { region, accountId, queueUrlBase: 'https://queues' };
      // osls exports its deployment bucket and others of its own under names that begin with `sls-`.
      const names = Object.keys(linkStacks(stacks, place, {}).exports).filter(
        (each) => !each.startsWith('sls-'),
      );
      for (const each of general(stage, names)) exported.add(each);
      for (const each of general(stage, stacks.flatMap(importsOf))) imported.add(each);
    }
    expect(exported.size).toBeGreaterThan(30);
    const unused = [...exported].filter((each) => !imported.has(each) && forPeople[each] === undefined);
    expect(unused.sort()).toEqual([]);
  });

  test('no stack of one region imports from another', () => {
    // linkStacks looks an import up in its own region only; this names those stacks so that a reader sees it.
    const imports = [...everyStage.values()].flatMap((stacks) =>
      stacks
        .filter((each) => each.region !== undefined && each.region !== region)
        .flatMap((stack) => importsOf(stack).map((name) => ({ stacks, stack, name }))),
    );
    for (const { stacks, stack, name } of nonEmpty(imports))
      expect([stack.name, name, homesOf(stacks, name)]).toEqual([
        stack.name,
        name,
        expect.arrayContaining([stack.region]),
      ]);
  });
});

/** The regions in which a name is exported. */
function homesOf(stacks: CompiledStack[], name: string): (string | undefined)[] {
  return stacks
    .filter(({ template }) =>
      Object.values(template.Outputs ?? {}).some((output) => output.Export?.Name === name),
    )
    .map((stack) => stack.region);
}
