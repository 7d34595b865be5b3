import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { migrationFiles } from './migrations.ts';
import { type Schema, samplesOf } from './samples.ts';
import { recorded, wire } from './wire.ts';

/** The previous release, which runs while this one is deployed; `node tests/release-compatibility/record.ts` records it. */
const release = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'release', name), 'utf8')) as T;
const before = Object.entries(release<Record<string, Schema>>('wire.json'));
const now = await wire();

/** What one side may send and the other refuses. */
const refusedBy = (reader: z.ZodType, sent: Schema) =>
  samplesOf(sent).flatMap((sample) => {
    const { error } = reader.safeParse(sample);
    return error ? [z.prettifyError(error)] : [];
  });

describe('with the previous release, this code', () => {
  test.each(before)('exchanges %s', (name, schema) => {
    const own = now.get(name);
    // A schema may be removed one release after its last use: list it here with that release.
    if (!own) throw new Error(`${name} is missing, but old code still sends or reads it`);
    expect(samplesOf(schema).length).toBeGreaterThan(0);
    expect(['what the old code sends', refusedBy(own, schema)]).toEqual(['what the old code sends', []]);
    expect(['what this code sends', refusedBy(z.fromJSONSchema(schema as never), recorded(own))]).toEqual([
      'what this code sends',
      [],
    ]);
  });

  test('has every migration unchanged, and adds only later ones', () => {
    const files = new Map(migrationFiles().map(({ path, hash }) => [path, hash]));
    const released = Object.entries(release<Record<string, string>>('migrations.json'));
    for (const [path, hash] of released) expect([path, files.get(path)]).toEqual([path, hash]);
    for (const path of files.keys()) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      const last =
        released
          .map(([known]) => known)
          .filter((known) => known.startsWith(`${folder}/`))
          .at(-1) ?? '';
      const isKnown = released.some(([known]) => known === path);
      expect([path, isKnown || path > last]).toEqual([path, true]);
    }
  });
});

describe('a change that breaks the previous release', () => {
  const was = recorded(
    z.object({ id: z.uuid(), quantity: z.int().min(1).max(10), note: z.string().max(20).optional() }),
  );
  test.each<[string, z.ZodType]>([
    ['a required field', z.object({ id: z.uuid(), quantity: z.int().min(1).max(10), colour: z.string() })],
    ['a narrower bound', z.object({ id: z.uuid(), quantity: z.int().min(1).max(5) })],
    ['another type', z.object({ id: z.uuid(), quantity: z.string() })],
    ['a strict reader', z.strictObject({ id: z.uuid(), quantity: z.int().min(1).max(10) })],
  ])('is found when old code sends to a reader with %s', (_what, reader) => {
    expect(refusedBy(reader, was)).not.toEqual([]);
  });
  test.each<[string, z.ZodType]>([
    ['a removed field', z.object({ quantity: z.int().min(1).max(10) })],
    ['a wider bound', z.object({ id: z.uuid(), quantity: z.int().min(0).max(10) })],
  ])('is found when this code sends with %s', (_what, sender) => {
    expect(refusedBy(z.fromJSONSchema(was as never), recorded(sender))).not.toEqual([]);
  });
  test('is not an additional optional field', () => {
    const more = z.object({
      id: z.uuid(),
      quantity: z.int().min(1).max(10),
      note: z.string().max(20).optional(),
      colour: z.string().max(9).optional(),
    });
    expect(refusedBy(more, was)).toEqual([]);
    expect(refusedBy(z.fromJSONSchema(was as never), recorded(more))).toEqual([]);
  });
});
