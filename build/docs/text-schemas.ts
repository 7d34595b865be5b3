import { isTextCharacter, isVisible } from '../../shared/text.ts';

type Json = Record<string, unknown>;

/** A colon, a dot, and the full stops that IDNA maps to a dot. */
const stops = ':.\u3002\uFF0E\uFF61';

/**
 * Component schemas of human-readable text by the `format` that `text` and `prose` give their fields. The patterns list
 * the allowed code points as ranges: `\p` is unknown to many clients and fuzzers. They are narrower than the rule in
 * one point, flags of subdivisions and variants of Han and Mongolian characters, so that a text that matches is always accepted.
 */
const components: Record<string, { name: string; schema: () => Json }> = {
  'text-line': {
    name: 'TextLine',
    schema: () => ({
      description: 'One line of text in any script that starts with a visible character.',
      allOf: [
        { $ref: '#/components/schemas/Text' },
        { type: 'string', pattern: `^${classOf(isVisible)}[^\t\n\r]*$` },
      ],
    }),
  },
  'person-name': {
    name: 'PersonName',
    schema: () => ({
      description: 'The name of a person, without a web address: a blank follows each dot and colon.',
      allOf: [
        { $ref: '#/components/schemas/TextLine' },
        { type: 'string', pattern: `^[^${stops}]*([${stops}] [^${stops}]*)*$` },
      ],
    }),
  },
  text: {
    name: 'Text',
    schema: () => ({
      type: 'string',
      description: 'Text in any script; tabs and line breaks are allowed.',
      pattern: `^${classOf((character) => isTextCharacter(character) || '\t\n\r'.includes(character))}*$`,
    }),
  },
};

/** The component schemas of human-readable text, by name. */
export const textSchemas = (): Record<string, Json> =>
  Object.fromEntries(Object.values(components).map(({ name, schema }) => [name, schema()]));

/** Replaces the `format` of human-readable text by a reference to its component schema. */
export function referToText(json: Json): void {
  const component = components[String(json['format'])];
  if (component === undefined) return;
  delete json['type'];
  delete json['format'];
  json['$ref'] = `#/components/schemas/${component.name}`;
}

const surrogates = { first: 0xd800, last: 0xdfff };
const lastCodePoint = 0x10ffff;

/** The character class of all code points that pass. */
function classOf(passes: (character: string) => boolean): string {
  const ranges: string[] = [];
  let start: number | undefined;
  for (let code = 0; code <= lastCodePoint + 1; code += 1) {
    const isScalar = code <= lastCodePoint && (code < surrogates.first || code > surrogates.last);
    const isIn = isScalar && passes(String.fromCodePoint(code));
    if (isIn) start ??= code;
    else if (start !== undefined) {
      ranges.push(rangeOf(start, code - 1));
      start = undefined;
    }
  }
  return `[${ranges.join('')}]`;
}

const rangeOf = (first: number, last: number): string =>
  first === last ? inClass(first) : `${inClass(first)}-${inClass(last)}`;

/** A code point as it is written in a class: the syntax characters of ECMA-262 are escaped. */
function inClass(code: number): string {
  const character = String.fromCodePoint(code);
  return '\\]^-'.includes(character) ? `\\${character}` : character;
}
