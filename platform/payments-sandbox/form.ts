import { InvalidParameters, invalidParameter } from './errors.ts';

/** A decoded form: text, or a map of further values (`metadata[order_id]=7` → `{ metadata: { order_id: '7' } }`). */
export type FormValue = string | Form;
/** The parameters of one request, in the nesting that the brackets of their names say. */
export type Form = { [name: string]: FormValue };

/** Stripe nests a few levels only; the bound keeps a hostile name from building a deep tree. */
const MAX_DEPTH = 8;
/** Well above the largest legal request (50 metadata entries and a few dozen options). */
const MAX_FIELDS = 1000;

const pathOf = (name: string): string[] => {
  const open = name.indexOf('[');
  if (open === -1) return [name];
  const inner = [...name.slice(open).matchAll(/\[([^[\]]*)\]/g)];
  if (open === 0 || inner.map((part) => part[0]).join('') !== name.slice(open)) {
    throw invalidParameter(name, `Invalid parameter name: ${name}`);
  }
  return [name.slice(0, open), ...inner.map((part) => part[1] ?? '')];
};

/** An empty pair of brackets appends, as in `expand[]=latest_charge`. */
const keyIn = (parent: Form, part: string): string => (part === '' ? `${Object.keys(parent).length}` : part);

/**
 * Decodes `application/x-www-form-urlencoded` as Stripe's API reads it; lists become maps of '0', '1', ….
 * Objects have no prototype, so that a field named `__proto__` is only a field.
 * @throws InvalidParameters on malformed names, contradicting nesting, too many or too deep fields
 */
export const parseForm = (text: string): Form => {
  const form: Form = Object.create(null) as Form;
  let fields = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    fields += 1;
    const path = pathOf(name);
    if (fields > MAX_FIELDS || path.length > MAX_DEPTH) {
      throw new InvalidParameters(400, { type: 'invalid_request_error', message: 'Too many parameters.' });
    }
    let parent = form;
    for (const part of path.slice(0, -1)) {
      const key = keyIn(parent, part);
      const child = parent[key] ?? (Object.create(null) as Form);
      if (typeof child === 'string') throw invalidParameter(name, `Invalid ${key}: both text and object`);
      parent[key] = child;
      parent = child;
    }
    const key = keyIn(parent, path.at(-1) ?? '');
    if (typeof parent[key] === 'object') throw invalidParameter(name, `Invalid ${key}: both text and object`);
    parent[key] = value;
  }
  return form;
};
