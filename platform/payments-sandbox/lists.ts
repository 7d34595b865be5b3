import { InvalidParameters, invalidParameter, noSuch } from './errors.ts';
import type { Form } from './form.ts';
import { allowOnly, integer, required, text } from './parameters.ts';

/** Stripe's page bounds. */
const LIMIT = { default: 10, max: 100 };

type Listed = { id: string; created: number };

/** One page of Stripe's list objects. */
export type Page = { object: 'list' | 'search_result'; url: string; has_more: boolean; data: unknown[] };

const RANGE = {
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b,
  lt: (a: number, b: number) => a < b,
  lte: (a: number, b: number) => a <= b,
};

/** `created=N` or `created[gte]=N` and its siblings. */
const createdFilter = (form: Form): ((created: number) => boolean) => {
  const { created } = form;
  if (created === undefined || created === '') return () => true;
  if (typeof created === 'string') {
    const exact = integer(form, 'created', 0, Number.MAX_SAFE_INTEGER);
    return (each) => each === exact;
  }
  allowOnly(created, Object.keys(RANGE));
  const bounds = Object.entries(RANGE).flatMap(([name, holds]) => {
    const bound = integer(created, name, 0, Number.MAX_SAFE_INTEGER);
    return bound === undefined ? [] : [(each: number) => holds(each, bound)];
  });
  return (each) => bounds.every((holds) => holds(each));
};

/** Newest first, in pages by cursor (`starting_after`, `ending_before`), filtered by `created` and `filters`. */
export const list = <T extends Listed>(
  url: string,
  objects: readonly T[],
  form: Form,
  filters: Record<string, (object: T, value: string) => boolean>,
): Page => {
  allowOnly(form, ['limit', 'starting_after', 'ending_before', 'created', 'expand', ...Object.keys(filters)]);
  const limit = integer(form, 'limit', 1, LIMIT.max) ?? LIMIT.default;
  const after = text(form, 'starting_after');
  const before = text(form, 'ending_before');
  if (after && before) {
    throw invalidParameter('ending_before', 'You cannot use both `starting_after` and `ending_before`.');
  }
  const inRange = createdFilter(form);
  const wanted = Object.entries(filters).flatMap(([name, holds]) => {
    const value = text(form, name);
    return value === undefined ? [] : [(object: T) => holds(object, value)];
  });
  const matching = objects
    .filter((object) => inRange(object.created) && wanted.every((holds) => holds(object)))
    .reverse();
  const positionOf = (id: string, param: string): number => {
    const position = matching.findIndex((object) => object.id === id);
    if (position === -1) throw noSuch('object', id, param, false);
    return position;
  };
  if (before) {
    const end = positionOf(before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', url, has_more: start > 0, data: matching.slice(start, end) };
  }
  const start = after ? positionOf(after, 'starting_after') + 1 : 0;
  return {
    object: 'list',
    url,
    has_more: start + limit < matching.length,
    data: matching.slice(start, start + limit),
  };
};

const CLAUSE =
  /^(?:(?<field>amount|created|currency|status)|metadata\[(?<q>["'])(?<key>.+?)\k<q>\])\s*(?<operator>:|>=|<=|>|<)\s*(?:(?<q2>["'])(?<text>.*?)\k<q2>|(?<number>\d+))$/;

type Searched = Listed & {
  amount: number;
  currency: string;
  status: string;
  metadata: Record<string, string>;
};

const parseClause = (clause: string): ((object: Searched) => boolean) => {
  const groups = CLAUSE.exec(clause.trim())?.groups;
  if (!groups) {
    const message = `We were unable to parse your search query near: ${clause}`;
    throw new InvalidParameters(400, { type: 'invalid_request_error', message, param: 'query' });
  }
  const { field, key, operator, number } = groups;
  const wanted = groups.text ?? number ?? '';
  if (key !== undefined) return (object) => object.metadata[key] === wanted;
  if (field === 'currency' || field === 'status') return (object) => object[field] === wanted;
  const name = field === 'amount' ? 'amount' : 'created';
  const compare = { ':': 'is', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' }[operator ?? ':'];
  if (compare === 'is') return (object) => object[name] === Number(wanted);
  return (object) => RANGE[compare as keyof typeof RANGE](object[name], Number(wanted));
};

/**
 * Stripe's search with clauses joined by AND (no OR, no negation): `metadata['order_id']:'7' AND status:'succeeded'`.
 * Unlike Stripe's, which may lag a minute behind, it sees every write at once.
 */
export const search = (
  url: string,
  objects: readonly Searched[],
  form: Form,
): Page & { next_page: string | null } => {
  allowOnly(form, ['query', 'limit', 'page', 'expand']);
  const limit = integer(form, 'limit', 1, LIMIT.max) ?? LIMIT.default;
  const start = integer(form, 'page', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const clauses = required(text(form, 'query'), 'query')
    .split(/\s+AND\s+/i)
    .map(parseClause);
  const matching = objects.filter((object) => clauses.every((holds) => holds(object))).reverse();
  const more = start + limit < matching.length;
  return {
    object: 'search_result',
    url,
    has_more: more,
    next_page: more ? `${start + limit}` : null,
    data: matching.slice(start, start + limit),
  };
};
