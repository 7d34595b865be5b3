import { InvalidRequest } from '../errors.ts';
import { fieldName } from './problem.ts';

/**
 * Characters that a store or a queue on the way does not take: NUL and half a surrogate pair (PostgreSQL's `text` and
 * `jsonb`), U+FFFE and U+FFFF (messages of SQS). Let in, they would fail after the effect has begun, on every try.
 */
const unstorable = /[\0\uFFFE\uFFFF]/;

/**
 * A request's part, if every text in it can be stored and sent on. It goes through a value as its schema let it in,
 * which bounds its depth. @throws InvalidRequest naming the first text that cannot
 */
export function storable<T>(value: T, part: string): T {
  const path = pathToUnstorable(value);
  if (path === undefined) return value;
  const field = fieldName(path) || part;
  const message = 'has a character that is not text (NUL, U+FFFE, U+FFFF or half a surrogate pair)';
  throw new InvalidRequest(`${field}: ${message}`, { fields: [{ field, message }] });
}

function pathToUnstorable(value: unknown): PropertyKey[] | undefined {
  if (typeof value === 'string') return unstorable.test(value) || !value.isWellFormed() ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const members: (readonly [PropertyKey, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  for (const [name, member] of members) {
    if (pathToUnstorable(name) !== undefined) return [];
    const path = pathToUnstorable(member);
    if (path !== undefined) return [name, ...path];
  }
  return undefined;
}
