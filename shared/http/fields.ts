import * as z from 'zod';

/**
 * The id of a thing, as a request gives it: RFC 9562 (4) takes letters of either case. The shop
 * keeps and writes lower case, so that one thing has one id.
 */
export const id = z.uuid().toLowerCase();

/** A text of one line that says something: no blanks around it, no control characters. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must not have control characters');

/** A text of any number of lines, which may be empty. */
export const prose = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^(?:\P{Cc}|[\t\n\r])*$/u, 'must not have control characters but tabs and line breaks');
