import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { migrationFiles } from './migrations.ts';
import { type Schema, samplesOf } from './samples.ts';
import { recorded, wire } from './wire.ts';

/** The release that is running while this one takes over; `node tests/release-compatibility/record.ts` notes it. */
const release = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'release', name), 'utf8')) as T;
const before = Object.entries(release<Record<string, Schema>>('wire.json'));
const now = await wire();

/** What one side may send and the other does not read. */
const refusedBy = (reader: z.ZodType, sent: Schema) =>
  samplesOf(sent).flatMap((sample) => {
    const { error } = reader.safeParse(sample);
    return error ? [z.prettifyError(error)] : [];
  });

describe('beside the release before, this code', () => {
  test.each(before)('reads and is read: %s', (name, schema) => {
    const own = now.get(name);
    // What nobody sends any more may go a release after that: annotate it here with the release that stopped.
    if (!own) throw new Error(`${name} is gone, while old code still sends or reads it`);
    expect(samplesOf(schema).length).toBeGreaterThan(0);
    expect(['what the old code sends', refusedBy(own, schema)]).toEqual(['what the old code sends', []]);
    expect(['what this code sends', refusedBy(z.fromJSONSchema(schema as never), recorded(own))]).toEqual([
      'what this code sends',
      [],
    ]);
  });

  test('has every step of its schema, unchanged, and only later ones besides', () => {
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

describe('a change that the release before would stumble over', () => {
  const was = recorded(
    z.object({ id: z.uuid(), quantity: z.int().min(1).max(10), note: z.string().max(20).optional() }),
  );
  test.each<[string, z.ZodType]>([
    ['a required field', z.object({ id: z.uuid(), quantity: z.int().min(1).max(10), colour: z.string() })],
    ['a narrower bound', z.object({ id: z.uuid(), quantity: z.int().min(1).max(5) })],
    ['another type', z.object({ id: z.uuid(), quantity: z.string() })],
    ['a strict reader', z.strictObject({ id: z.uuid(), quantity: z.int().min(1).max(10) })],
  ])('is found when old code sends: %s', (_what, reader) => {
    expect(refusedBy(reader, was)).not.toEqual([]);
  });
  test.each<[string, z.ZodType]>([
    ['a field that is gone', z.object({ quantity: z.int().min(1).max(10) })],
    ['a wider bound', z.object({ id: z.uuid(), quantity: z.int().min(0).max(10) })],
  ])('is found when this code sends: %s', (_what, sender) => {
    expect(refusedBy(z.fromJSONSchema(was as never), recorded(sender))).not.toEqual([]);
  });
  test('is not an optional field more', () => {
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
