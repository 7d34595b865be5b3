import * as z from 'zod';
import { InvalidRequest } from '../errors.ts';

/** How many items a page holds: 20 unless asked, 100 at most. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1000).optional(),
};

/** A page of a list; `nextCursor` is absent on the last. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

/** Makes a position in a list opaque. */
export const encodeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Reads a cursor back. @throws InvalidRequest naming `cursor` if this list did not make it */
export function decodeCursor<S extends z.ZodType>(
  schema: S,
  cursor: string | undefined,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new InvalidRequest('cursor: is not one that this list gave out', {
      fields: [{ field: 'cursor', message: 'is not one that this list gave out' }],
      cause,
    });
  }
}
