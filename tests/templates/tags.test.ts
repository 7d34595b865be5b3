import type { Json } from '../../build/deployment.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { compileTimeoutMs, nameOf, type Stage, stageOf, stages } from './stage.ts';
import { taggedByItself, taggedByStack, untagged } from './tagged-types.ts';

const wanted = ['Project', 'Environment', 'Owner', 'CostCenter', 'DataClassification'];

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

type Tag = { Key: string; Value: Json };
const namesIn = (tags: Json | undefined): string[] =>
  Array.isArray(tags) ? (tags as Tag[]).map(({ Key }) => Key) : Object.keys(tags ?? {});

describe('tags', () => {
  test('of a stack include the five required ones', () => {
    for (const { stacks } of everyStage)
      for (const { name, tags = {} } of stacks) {
        expect([name, Object.keys(tags)]).toEqual([name, expect.arrayContaining(wanted)]);
        for (const [tag, value] of Object.entries(tags))
          expect([name, tag, value]).not.toEqual([name, tag, '']);
      }
  });

  test('name their stage, except in the stack of the account', () => {
    for (const { name: stage, stacks } of everyStage)
      for (const { name, directory, tags } of stacks)
        if (directory !== 'resources/account') expect([name, tags?.['Environment']]).toEqual([name, stage]);
  });

  test('include the five on every resource that does not inherit those of its stack', () => {
    const tagged = everyStage
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => taggedByItself[type] !== undefined);
    for (const resource of nonEmpty(tagged)) {
      const own = taggedByItself[resource.type]!;
      for (const holder of resource.properties[own.lists] as Record<string, Json>[])
        expect([nameOf(resource), namesIn(holder['Tags'])]).toEqual([
          nameOf(resource),
          expect.arrayContaining(wanted),
        ]);
    }
  });

  test('of a resource never remove one of the five', () => {
    const own = everyStage
      .flatMap(({ resources }) => resources)
      .flatMap((resource) =>
        (Array.isArray(resource.properties['Tags']) ? (resource.properties['Tags'] as Tag[]) : []).map(
          (tag) => ({ resource, tag }),
        ),
      );
    for (const { resource, tag } of nonEmpty(own))
      expect([nameOf(resource), tag.Key, tag.Value]).not.toEqual([nameOf(resource), tag.Key, '']);
  });

  test('are decided for every type (tagged-types.ts)', () => {
    const types = new Set(everyStage.flatMap(({ resources }) => resources.map(({ type }) => type)));
    const undecided = [...types].filter(
      (type) => !taggedByStack.has(type) && !untagged.has(type) && taggedByItself[type] === undefined,
    );
    expect(types.size).toBeGreaterThan(50);
    expect(undecided.sort()).toEqual([]);
  });
});
