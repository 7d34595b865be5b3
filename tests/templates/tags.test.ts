import type { Json } from '../../build/deployment.ts';
import { compileTimeoutMs, nameOf, type Stage, stageOf, stages } from './stage.ts';
import { taggedByItself, taggedByStack, untagged } from './tagged-types.ts';

const wanted = ['Project', 'Environment', 'Owner', 'CostCenter', 'DataClassification'];

let everywhere: Stage[];
beforeAll(async () => {
  everywhere = [];
  for (const stage of stages) everywhere.push(await stageOf(stage));
}, compileTimeoutMs);

type Tag = { Key: string; Value: Json };
const namesIn = (tags: Json | undefined): string[] =>
  Array.isArray(tags) ? (tags as Tag[]).map(({ Key }) => Key) : Object.keys(tags ?? {});

describe('tags', () => {
  test('of a stack are the five, and hold for all that it makes', () => {
    for (const { stacks } of everywhere)
      for (const { name, tags = {} } of stacks) {
        expect([name, Object.keys(tags)]).toEqual([name, expect.arrayContaining(wanted)]);
        for (const [tag, value] of Object.entries(tags))
          expect([name, tag, value]).not.toEqual([name, tag, '']);
      }
  });

  test('name their stage, but for what the account has once', () => {
    for (const { name: stage, stacks } of everywhere)
      for (const { name, directory, tags } of stacks)
        if (directory !== 'resources/account') expect([name, tags?.['Environment']]).toEqual([name, stage]);
  });

  test('are the five on every resource that does not get those of its stack', () => {
    for (const { resources } of everywhere)
      for (const resource of resources) {
        const own = taggedByItself[resource.type];
        if (!own) continue;
        for (const holder of resource.properties[own.lists] as Record<string, Json>[])
          expect([nameOf(resource), namesIn(holder['Tags'])]).toEqual([
            nameOf(resource),
            expect.arrayContaining(wanted),
          ]);
      }
  });

  test('of a resource, where it has some of its own, do not take one of the five away', () => {
    for (const { resources } of everywhere)
      for (const resource of resources)
        for (const tag of (Array.isArray(resource.properties['Tags'])
          ? resource.properties['Tags']
          : []) as Tag[])
          expect([nameOf(resource), tag.Key, tag.Value]).not.toEqual([nameOf(resource), tag.Key, '']);
  });

  test('are decided for every type (tagged-types.ts)', () => {
    const types = new Set(everywhere.flatMap(({ resources }) => resources.map(({ type }) => type)));
    const undecided = [...types].filter(
      (type) => !taggedByStack.has(type) && !untagged.has(type) && taggedByItself[type] === undefined,
    );
    expect(undecided.sort()).toEqual([]);
  });
});
