import { InvalidRequest, UnsupportedMediaType } from '../errors.ts';
import { bodyText, jsonBody } from './json-body.ts';

const encoded = (bytes: number[] | string) => ({
  body: Buffer.from(bytes as string).toString('base64'),
  isBase64Encoded: true,
});

describe('the text of a body', () => {
  test('is decoded from bytes', () => {
    expect(bodyText(encoded('Zoë 李 😀'))).toBe('Zoë 李 😀');
  });
  test.each([
    ['a byte of Latin-1', [0x5a, 0x6f, 0xeb]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0xbd]],
  ])('with %s is refused', (_, bytes) => {
    expect(() => bodyText(encoded(bytes))).toThrow(InvalidRequest);
  });
});

describe('a JSON body', () => {
  test.each([
    undefined,
    'application/json',
    'application/json; charset=UTF-8',
    'application/merge-patch+json;charset="utf-8"',
  ])('of type %s is parsed', (type) => {
    expect(jsonBody('{"a":1}', type)).toEqual({ a: 1 });
  });
  test('may start with a byte order mark', () => {
    expect(jsonBody('\uFEFF{"a":1}', undefined)).toEqual({ a: 1 });
  });
  test.each(['text/plain', 'application/json; charset=iso-8859-1', 'application/json;charset=utf-16'])(
    'of type %s is refused',
    (type) => {
      expect(() => jsonBody('{}', type)).toThrow(UnsupportedMediaType);
    },
  );
  test.each(['', '{', '\uFEFF\uFEFF{}'])('of the text %j is refused', (text) => {
    expect(() => jsonBody(text, undefined)).toThrow(InvalidRequest);
  });
});
