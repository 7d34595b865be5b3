import * as z from 'zod';
import { serviceRoutes } from '../../build/docs/service-routes.ts';

/** One field of a request: an id, another text, or something else. */
type Field = { at: string; schema: z.ZodType; kind: 'id' | 'text' | 'other' };

/** Secrets and cursors: accepted unchanged, and never shown. */
const opaque = /\.(password|currentPassword|newPassword|refreshToken|cursor)$/;

/** Every field of a schema, below lists and objects. */
function fieldsOf(schema: z.ZodType, at: string): Field[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, member]) =>
      fieldsOf(member as z.ZodType, `${at}.${name}`),
    );
  if (schema instanceof z.ZodArray) return fieldsOf(schema.element as z.ZodType, `${at}[]`);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return fieldsOf(schema.unwrap() as z.ZodType, at);
  if (schema instanceof z.ZodUUID) return [{ at, schema, kind: 'id' }];
  if (schema instanceof z.ZodPipe)
    return fieldsOf((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType, at);
  const isString = schema instanceof z.ZodString || schema instanceof z.ZodStringFormat;
  const isText = isString && !opaque.test(at);
  return [{ at, schema, kind: isText ? 'text' : 'other' }];
}

const services = await serviceRoutes();
const fields = services.flatMap(({ service, routes }) =>
  routes.flatMap(({ name, params, query, body }) =>
    Object.entries({ params, query, body }).flatMap(([part, schema]) =>
      schema === undefined ? [] : fieldsOf(schema, `${service} ${name} ${part}`),
    ),
  ),
);
const named = (kind: Field['kind']) =>
  fields.filter((field) => field.kind === kind).map((field) => [field.at, field.schema] as const);

describe('every id in a request is case-insensitive:', () => {
  const written = '0190a0b0-0000-7000-8000-00000000abcd';
  test.each(named('id'))('%s', (_at, schema) => {
    expect(schema.parse(written.toUpperCase())).toBe(written);
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({ type: 'string', format: 'uuid' });
  });
});

describe('every text in a request refuses control characters:', () => {
  test.each(named('text'))('%s', (_at, schema) => {
    for (const code of [...Array(32).keys(), 0x7f, 0x85]) {
      const { success } = schema.safeParse(`a${String.fromCharCode(code)}b`);
      // A text of several lines has line breaks.
      const isProse = schema.safeParse('a\nb').success;
      expect([code, success]).toEqual([code, isProse && [9, 10, 13].includes(code)]);
    }
  });
});

describe('every text in a request refuses what is invisible or no text:', () => {
  const ignorable = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => /\p{Default_Ignorable_Code_Point}/u.test(character),
  );
  const joiners = ['\u200C', '\u200D', '\uFE0E', '\uFE0F'];
  const samples = [
    ...ignorable.filter((each) => !joiners.includes(each)),
    '\u202E',
    '\uE000',
    '\u0378',
    '\uFFFD',
    '\u{E0041}',
    '\u{E0100}',
  ].map((each) => `a${each}b`);
  test.each(named('text'))('%s', (_at, schema) => {
    expect(samples.filter((sample) => schema.safeParse(sample).success)).toEqual([]);
  });
});

test('only these texts accept several lines', () => {
  const prose = named('text').filter(([, schema]) => schema.safeParse('a\nb').success);
  expect(prose.map(([at]) => at)).toEqual([
    'products create-product body.description',
    'products change-product body.description',
  ]);
});

test('fields are found in every part of a request', () => {
  const ids = named('id').map(([at]) => at);
  expect(ids).toEqual(
    expect.arrayContaining([
      'media create-upload body.productId',
      'orders list-orders query.userId',
      'orders place-order body.lines[].productId',
      'payments get-payment params.orderId',
      'products get-inventory params.productId',
    ]),
  );
});
