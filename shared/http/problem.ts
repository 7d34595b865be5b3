import type * as z from 'zod';
import { type FieldError, Internal, InvalidRequest, ShopError } from '../errors.ts';

/** RFC 9457 problem details, with the shop's stable `code`. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId?: string;
  errors?: FieldError[];
};

/** What a caller is told of an error; of one that nobody named, nothing but a reference. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known =
    error instanceof ShopError
      ? error
      : new Internal('The request could not be handled. Retrying with the same Idempotency-Key is safe.');
  return {
    type: `urn:shop:error:${known.code}`,
    title: known.kind.title,
    status: known.status,
    code: known.code,
    detail: known.message,
    requestId,
    ...(known.fields.length === 0 ? {} : { errors: known.fields }),
  };
}

/** `['lines', 1, 'quantity']` → `lines[1].quantity`. */
export const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, part) =>
      typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`,
    '',
  );

/** Most fields named in one answer. */
const maxFields = 50;

/**
 * Parses one part of a request.
 * @throws InvalidRequest naming each wrong field; `part` is the name for a fault of the whole part (`body`)
 */
export function parsePart<S extends z.ZodType>(schema: S, value: unknown, part: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues
    .slice(0, maxFields)
    .flatMap((issue): FieldError[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ field: fieldName([...issue.path, key]), message: 'is not known' }))
        : [{ field: fieldName(issue.path) || part, message: issue.message }],
    );
  throw new InvalidRequest(`${fields[0]?.field ?? part}: ${fields[0]?.message ?? 'is not valid'}`, {
    fields,
  });
}
