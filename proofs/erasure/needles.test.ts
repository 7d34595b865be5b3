import { foundIn, type Needle, needlesOf } from './needles.ts';

const person = {
  email: 'quill.o+x@example.com',
  name: "Quillon O'Zarathuster",
  phone: '+4930901820',
  street: 'Wolkenkuckucksstraße 77',
};
const needles = needlesOf(person);
const found = (text: string | Buffer): Needle[] => foundIn(Buffer.from(text as string), needles);

describe.each(Object.entries(person))('%s is found', (field, text) => {
  test.each([
    ['as it is', text],
    ['in lower case', text.toLowerCase()],
    ['in a URL', encodeURIComponent(text)],
    ['in a form', new URLSearchParams({ q: text }).toString()],
    ['in hexadecimal', Buffer.from(text).toString('hex')],
    ['in HTML', text.replaceAll("'", '&#39;')],
  ])('%s', (_, stored) => {
    expect(found(`before ${stored} after`).map((needle) => needle.field)).toContain(field);
  });

  test.each([0, 1, 2, 3, 4, 5])('in base64 at offset %i', (offset) => {
    const stored = `${'x'.repeat(offset)}${text} and more`;
    for (const encoding of ['base64', 'base64url'] as const)
      expect(found(Buffer.from(stored).toString(encoding)).map((needle) => needle.field)).toContain(field);
  });

  test('in UTF-16', () => {
    expect(found(Buffer.from(`x${text}x`, 'utf16le')).map((needle) => needle.field)).toContain(field);
  });
});

test('nothing is found in the data of others', () => {
  expect(found(JSON.stringify({ email: 'ada@example.com', name: 'Ada', phone: '+4930901821' }))).toEqual([]);
});
