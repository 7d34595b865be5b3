import * as z from 'zod';
import { invalidField } from './problem.ts';
import { storable } from './storable.ts';

/** Parses decimal digits only: `0x10`, `1e1` and `5.0`, which `Number` accepts, are not integers of the API. */
const digits = (text: unknown): unknown =>
  typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text;

/** Number of items per page: 20 by default, 100 at most. */
export const pageQuery = {
  // Not a pipe from a string, which the OpenAPI document would show as a string.
  limit: z.preprocess(digits, z.int().min(1).max(100).default(20)),
  cursor: z.string().max(1000).optional(),
};

/** A page of a list; `nextCursor` is absent on the last. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

/**
 * Encodes a position in a list. `list` is the list's name with everything that determines its items and their order
 * (`products -price`): in another list the position would silently skip items.
 */
export const encodeCursor = (list: string, position: unknown): string =>
  Buffer.from(JSON.stringify([list, position])).toString('base64url');

/** Reads a cursor back. @throws InvalidRequest naming `cursor` if this list did not return it */
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
    throw invalidField('cursor', 'is not one that this list returned', cause);
  }
}
