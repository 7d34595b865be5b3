import type * as z from 'zod';
import type { ErrorCode } from '../error-codes.ts';
import { Internal, InvalidRequest, ShopError, type Subject, UnprocessableRequest } from '../errors.ts';
import { statusOf } from './status.ts';

/** One named part of a request that is wrong: `field` is a path such as `lines[1].quantity`, or a header's name. */
export type FieldError = { field: string; message: string };

/** RFC 9457 problem details, with the shop's stable `code`. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId?: string;
  errors?: FieldError[];
};

/** Request field names by the kind of a refusal's subjects, as a route declares them; another kind names a field itself. */
export type FieldNames = Record<string, (subject: Subject) => string>;

/** The response body for an error; an unexpected one is described by its request id only. */
export function toProblem(error: unknown, requestId: string, fieldNames: FieldNames = {}): Problem {
  const known =
    error instanceof ShopError
      ? error
      : new Internal('The request failed unexpectedly. Retrying with the same Idempotency-Key is safe.');
  const errors = known.subjects.map(
    (subject): FieldError => ({ field: fieldOf(subject, fieldNames), message: subject.message }),
  );
  return {
    type: `urn:shop:error:${known.code}`,
    title: known.kind.title,
    status: statusOf(known.kind),
    code: known.code,
    detail: known.message,
    requestId,
    ...(errors.length === 0 ? {} : { errors }),
  };
}

/** Names that are the same on every route. */
const commonNames: FieldNames = { field: ({ part }) => part ?? 'body', version: () => 'If-Match' };

const fieldOf = (subject: Subject, fieldNames: FieldNames): string =>
  (fieldNames[subject.kind] ?? commonNames[subject.kind])?.(subject) ?? subject.kind;

/** The subject for a request field that the HTTP layer itself refuses. */
export const fieldSubject = (field: string, message: string): Subject => ({
  kind: 'field',
  part: field,
  message,
});

/** An InvalidRequest about one field. */
export const invalidField = (field: string, message: string, cause?: unknown) =>
  new InvalidRequest(`${field}: ${message}`, { subjects: [fieldSubject(field, message)], cause });

/** `['lines', 1, 'quantity']` → `lines[1].quantity`. */
export const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, part) =>
      typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`,
    '',
  );

/** Most fields named in one response, and most characters of a name: a response to a large request stays small. */
const maxFields = 50;
const maxNameLength = 200;

/**
 * Parses one part of a request.
 * @throws InvalidRequest, or UnprocessableRequest if only rules beyond the schema are broken, naming each wrong field; `part` names an error of the whole part (`body`)
 */
export function parsePart<S extends z.ZodType>(schema: S, value: unknown, part: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const subjects = result.error.issues
    .flatMap((issue): Subject[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, maxFields)
            .map((key) => fieldSubject(shortened(fieldName([...issue.path, key])), 'is not known'))
        : [fieldSubject(shortened(fieldName(issue.path)) || part, issue.message)],
    )
    .slice(0, maxFields);
  const first = subjects[0];
  const Refusal = result.error.issues.every(isBeyondSchema) ? UnprocessableRequest : InvalidRequest;
  throw new Refusal(`${first?.part ?? part}: ${first?.message ?? 'is not valid'}`, { subjects });
}

/** The `params` of an issue that the JSON Schema of the value cannot express: another status tells clients that validate. */
export const beyondSchema = { beyondSchema: true };

const isBeyondSchema = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'custom' && issue.params?.['beyondSchema'] === true;

const shortened = (name: string): string =>
  name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name;
