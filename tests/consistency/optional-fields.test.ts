import * as z from 'zod';
import { serviceRoutes } from '../../build/docs/service-routes.ts';
import { nonEmpty } from '../setup/non-empty.ts';

/** Every field of a body that may be left out, below lists and objects. */
function optionalFieldsOf(schema: z.ZodType, at: string): { at: string; schema: z.ZodType }[] {
  if (schema instanceof z.ZodArray) return optionalFieldsOf(schema.element as z.ZodType, `${at}[]`);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return optionalFieldsOf(schema.unwrap() as z.ZodType, at);
  if (schema instanceof z.ZodPipe)
    return [schema.in, schema.out].flatMap((each) => optionalFieldsOf(each as z.ZodType, at));
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([name, member]) => {
    const field = { at: `${at}.${name}`, schema: member as z.ZodType };
    const isOptional = field.schema.safeParse(undefined).success;
    return [...(isOptional ? [field] : []), ...optionalFieldsOf(field.schema, field.at)];
  });
}

const routes = (await serviceRoutes()).flatMap(({ routes }) => routes);
const optionalFields = routes.flatMap(({ name, body }) =>
  body === undefined ? [] : optionalFieldsOf(body, name),
);

describe('in every body, "" and null count as absent:', () => {
  test.each(nonEmpty(optionalFields, 'optional fields').map(({ at, schema }) => [at, schema] as const))(
    '%s',
    (_at, schema) => {
      const absent = schema.parse(undefined);
      for (const empty of ['', null])
        expect(schema.safeParse(empty)).toEqual({ success: true, data: absent });
    },
  );
});

test('optional fields are found at every depth', () => {
  const found = optionalFields.map(({ at }) => at);
  expect(found).toEqual(
    expect.arrayContaining([
      'place-order.shippingAddress.line2',
      'set-inventory.reorderLevel',
      'login.deviceToken',
    ]),
  );
});
