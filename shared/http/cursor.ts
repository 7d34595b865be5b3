import * as z from 'zod';
import { InvalidRequest } from '../errors.ts';
import { storable } from './storable.ts';

/** Decimal digits as their number: what else JavaScript takes for one (`0x10`, `1e1`, `5.0`) is no integer of the API. */
const digits = (text: unknown): unknown =>
  typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text;

/** How many items a page holds: 20 unless asked, 100 at most. */
export const pageQuery = {
  // Not a pipe from a text, which the API's description would show as one.
  limit: z.preprocess(digits, z.int().min(1).max(100).default(20)),
  cursor: z.string().max(1000).optional(),
};

/** A page of a list; `nextCursor` is absent on the last. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

/**
 * Makes a position in a list opaque. `list` is the list's name and whatever else decides what it holds and in which
 * order (`products -price`): taken up in another list, the position would skip items without a word.
 */
export const encodeCursor = (list: string, position: unknown): string =>
  Buffer.from(JSON.stringify([list, position])).toString('base64url');

/** Reads a cursor back. @throws InvalidRequest naming `cursor` if this very list did not make it */
export function decodeCursor<S extends z.ZodType>(
  list: string,
  schema: S,
  cursor: string | undefined,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const [, position] = z.tuple([z.literal(list), z.unknown()]).parse(JSON.parse(text));
    return storable(schema.parse(position), 'cursor');
  } catch (cause) {
    throw new InvalidRequest('cursor: is not one that this list gave out', {
      fields: [{ field: 'cursor', message: 'is not one that this list gave out' }],
      cause,
    });
  }
}
