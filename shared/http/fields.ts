import * as z from 'zod';
import { hasWebAddress, lengthOf, textProblem } from '../text.ts';

/**
 * The id of a thing, as a request gives it: RFC 9562 (4) takes letters of either case. The shop
 * keeps and writes lower case, so that one thing has one id.
 */
export const id = z.uuid().toLowerCase();

/** A time of RFC 3339, with any offset. */
export const instant = z.iso.datetime({ offset: true });

type TextRules = { max: number; mayBeEmpty?: boolean; lines?: boolean; withoutAddress?: boolean };

/** A text of one line, not empty and without blanks around it. `max` counts code points. */
export const text = (max: number) =>
  humanText({ max }).meta({ minLength: 1, maxLength: max, format: 'text-line' });

/** A field that may be left out, as its schema says; `""` and `null` count as absent. */
export const absentIfEmpty = <S extends z.ZodType>(schema: S) => absentIf(schema, (text) => text === '');

/** A text of one line that may be left out; `null` and blank text count as absent. */
export const optionalText = (max: number) => absentIf(text(max).optional(), (text) => text.trim() === '');

const absentIf = <S extends z.ZodType>(schema: S, isEmpty: (text: string) => boolean) =>
  z
    .preprocess(
      (value) => (value === null || (typeof value === 'string' && isEmpty(value)) ? undefined : value),
      schema,
    )
    .meta({ absentIfEmpty: true });

/** The name of a person. It is part of mails, so it must not contain what a mail program would turn into a link. */
export const personName = (max: number) =>
  humanText({ max, withoutAddress: true }).meta({ minLength: 1, maxLength: max, format: 'person-name' });

/** A text of any number of lines, which may be empty. `max` counts code points. */
export const prose = (max: number) =>
  humanText({ max, mayBeEmpty: true, lines: true }).meta({ maxLength: max, format: 'text' });

const addressInName = 'must not contain a web address; write a blank after a dot';

const humanText = (rules: TextRules) =>
  z
    .string()
    .trim()
    .superRefine((value, context) => {
      const message =
        lengthProblem(value, rules) ??
        textProblem(value, rules) ??
        (rules.withoutAddress && hasWebAddress(value) ? addressInName : undefined);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });

function lengthProblem(value: string, { max, mayBeEmpty = false }: TextRules): string | undefined {
  if (value === '' && !mayBeEmpty) return 'must not be empty';
  // A text has at most as many code points as UTF-16 units: counting is only needed above that.
  if (value.length > max && lengthOf(value) > max) return `must be at most ${max} characters long`;
  return undefined;
}
