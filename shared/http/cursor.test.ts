import * as z from 'zod';
import { InvalidRequest } from '../errors.ts';
import { decodeCursor, encodeCursor, pageQuery } from './cursor.ts';

const decode = (cursor: string) => decodeCursor('shelves', z.string(), cursor);
const forged = (json: string) => Buffer.from(json).toString('base64url');

describe('a cursor', () => {
  test('is accepted by the list that returned it', () => {
    expect(decode(encodeCursor('shelves', 'Zoë 李 😀'))).toBe('Zoë 李 😀');
  });

  test.each([
    ['of another list', encodeCursor('orders', 'lamps')],
    ['of this list in another order', encodeCursor('shelves -name', 'lamps')],
    ['of no list', forged('"lamps"')],
    ['with more than a position', forged('["shelves","lamps",1]')],
    ['with another position than this list has', encodeCursor('shelves', 1)],
    ['that is no JSON', 'made-up'],
    ['with half a surrogate pair', forged('["shelves","\\ud800"]')],
    ['with NUL, which PostgreSQL does not take', forged('["shelves","\\u0000"]')],
  ])('%s is refused as one that this list did not give out', (_, cursor) => {
    let refusal: unknown;
    try {
      decode(cursor);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(InvalidRequest);
    expect((refusal as InstanceType<typeof InvalidRequest>).subjects).toEqual([
      { kind: 'field', part: 'cursor', message: 'is not one that this list returned' },
    ]);
  });
});

describe('a limit', () => {
  const page = z.strictObject(pageQuery);

  test.each([
    ['1', 1],
    ['007', 7],
    ['100', 100],
  ])('of %s is taken', (limit, items) => {
    expect(page.parse({ limit })).toEqual({ limit: items });
  });

  test('is 20 unless asked', () => {
    expect(page.parse({})).toEqual({ limit: 20 });
  });

  test.each([
    '0x10',
    '0b1',
    '1e1',
    '+5',
    '-5',
    '5.0',
    ' 5',
    '5\n',
    '',
    '٣',
    '0',
    '101',
    '9'.repeat(400),
    ['1', '2'],
  ])('of %j is refused by name', (limit) => {
    const { error } = page.safeParse({ limit });
    expect(error?.issues.map(({ path }) => path)).toEqual([['limit']]);
  });
});
