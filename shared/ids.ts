import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): unique, and sorted by its time of creation. */
export const newId = (): string => v7();

/** The creation time of a UUIDv7: its first 48 bits are Unix milliseconds (RFC 9562, 5.7). @throws RangeError for another version */
export function timeOfId(id: string): Date {
  if (id[14] !== '7') throw new RangeError(`not a UUIDv7: ${id}`);
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
