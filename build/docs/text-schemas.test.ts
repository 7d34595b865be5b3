import { prose, text } from '../../shared/http/fields.ts';
import { textSchemas } from './text-schemas.ts';

const schemas = textSchemas();
type TextSchema = { pattern?: string; allOf?: { pattern?: string }[] };
const { Text, TextLine } = schemas as Record<'Text' | 'TextLine', TextSchema>;
const patternsOf: Record<string, RegExp[]> = {
  Text: [new RegExp(String(Text.pattern), 'u')],
  TextLine: [new RegExp(String(Text.pattern), 'u'), new RegExp(String(TextLine.allOf?.[1]?.pattern), 'u')],
};
const matches = (name: string, sample: string) => patternsOf[name]!.every((pattern) => pattern.test(sample));

test.each([
  ['TextLine', text(10)],
  ['Text', prose(10)],
])('whatever matches the published pattern of %s is accepted', (name, schema) => {
  const refused: number[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    for (const sample of [character, `a${character}`])
      if (matches(name, sample) && !schema.safeParse(sample).success) refused.push(code);
  }
  expect(refused).toEqual([]);
});

test.each([
  ['TextLine', 'Zoë O’Neil 李 😀 شكرا', true],
  ['TextLine', '', false],
  ['TextLine', ' ', false],
  ['TextLine', 'a\u202Eb', false],
  ['TextLine', 'a\nb', false],
  ['Text', 'a\n\tb', true],
  ['Text', '', true],
  ['Text', 'a\u0000', false],
])('the published pattern of %s: %j → %s', (name, sample, expected) => {
  expect(matches(name, sample)).toBe(expected);
});
