/** The texts that identify a person. */
export type Person = { email: string; name: string; phone: string; street: string };

/** One form in which a text may be stored. */
export type Needle = { field: string; form: string; bytes: Buffer };

const html = (text: string): string =>
  text.replace(/[&<>"'@+ ]/g, (character) => `&#${character.charCodeAt(0)};`);

/** JSON in ASCII: as some libraries write it. */
const escaped = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What every base64 text contains in which `text` occurs: one for each position in a group of three bytes. */
function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // Characters at both ends also depend on what stands next to the text.
    const first = offset === 0 ? 0 : offset + 1;
    return encoded.slice(first, Math.floor(((offset + bytes.length) * 8) / 6));
  });
}

/**
 * The forms in which a person is searched for: as it is, in lower case, in JSON, HTML and URLs, in hexadecimal, in UTF-16,
 * and in base64, also of URLs.
 */
export function needlesOf(person: Person): Needle[] {
  return Object.entries(person).flatMap(([field, text]) => {
    const forms: [string, string][] = [
      ['plain', text],
      ['lower case', text.toLowerCase()],
      ['JSON', escaped(text)],
      ['HTML', html(text)],
      ['HTML', text.replaceAll("'", '&#39;')],
      ['URL', encodeURIComponent(text)],
      ['form', new URLSearchParams({ '': text }).toString().slice(1)],
      ['hex', Buffer.from(text).toString('hex')],
      ...base64(text).map((part): [string, string] => ['base64', part]),
      ...base64(text).map((part): [string, string] => [
        'base64url',
        part.replaceAll('+', '-').replaceAll('/', '_'),
      ]),
    ];
    const distinct = new Map(forms.map(([form, value]) => [value, form]));
    return [
      ...[...distinct].map(([value, form]) => ({ field, form, bytes: Buffer.from(value) })),
      { field, form: 'UTF-16', bytes: Buffer.from(text, 'utf16le') },
    ];
  });
}

/** The needles that occur in some bytes. */
export const foundIn = (bytes: Buffer, needles: readonly Needle[]): Needle[] =>
  needles.filter(({ bytes: needle }) => bytes.includes(needle));
